"""French public holidays, from the `holidays` package."""

from datetime import date
from functools import lru_cache
from types import MappingProxyType

from holidays import country_holidays


@lru_cache(maxsize=8)
def public_holidays(first_year: int, last_year: int) -> MappingProxyType[date, str]:
    """The public holidays of metropolitan France in those years: local day → French name."""
    years = range(first_year, last_year + 1)
    found = country_holidays("FR", years=years, language="fr")
    return MappingProxyType(dict(sorted(found.items())))
