"""The territory file as a whole: what it must hold, and how its parts refer to one another.

Format: docs/territory-format.md. The file is data, so that no line of code knows any commune.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.checks import FileProblem, InvalidFile, Section
from app.domain.settings import InvalidSetting, Settings
from app.domain.territory_entries import TerritoryFile
from app.domain.territory_keys import read_sharing_keys
from app.domain.territory_places import read_communes, read_payers, read_travel, read_venues
from app.domain.territory_service import (
    DEPARTMENT,
    read_colours,
    read_service,
    read_texts,
    read_timezone,
    read_topics,
    still_missing,
)

SCHOOL_ZONES = {zone: zone for zone in ("A", "B", "C")}


def parse_territory(raw: Mapping[str, Any]) -> TerritoryFile:
    """Check a whole territory file and turn it into frozen values.

    Raises InvalidFile with every problem found. A text that only the operator can give (phone,
    legal mentions) may be empty: it is then among the warnings of the result.
    """
    problems: list[FileProblem] = []
    top = Section(raw, "", problems)
    territory = _read(top)
    top.close()
    if problems:
        raise InvalidFile(problems)
    return territory


def _read(top: Section) -> TerritoryFile:
    header = top.table("territory")
    service = read_service(top.table("service"), top.table("mark"))
    texts = read_texts(top.table("texts"))
    topics = _at_least_one(top, "topics")
    commune_sections = _at_least_one(top, "communes")
    communes = read_communes(commune_sections)
    known = {commune.slug: commune for commune in communes}
    payers = read_payers(top.tables("payers"), known)
    territory = TerritoryFile(
        slug=header.code("slug"),
        name=header.text("name"),
        department=header.matching(
            "department", header.text("department"), DEPARTMENT, "numéro du département, 17"
        ),
        timezone=read_timezone(header),
        school_zone=header.choice("school_zone", SCHOOL_ZONES),
        population_vintage=header.optional_integer("population_vintage", 2000, 2099),
        service=service,
        texts=texts,
        settings=_read_settings(top),
        colours=read_colours(top.table("colours")),
        communes=communes,
        venues=read_venues(_at_least_one(top, "venues"), known),
        travel=read_travel(top.table("travel"), known),
        topics=read_topics(topics),
        payers=payers,
        sharing_keys=read_sharing_keys(top.tables("sharing_keys"), known, payers),
        warnings=tuple(FileProblem(*missing) for missing in still_missing(service, texts)),
    )
    header.texts("sources", longest=500)  # where the facts come from: for whoever edits the file
    header.close()
    return territory


def _at_least_one(top: Section, name: str) -> tuple[Section, ...]:
    sections = top.tables(name)
    if not sections and top.raw.get(name, []) == []:
        top.refuse(name, "au moins une est nécessaire")
    return sections


def _read_settings(top: Section) -> dict[str, Any]:
    """What the file sets, each key judged alone so that every wrong one is told."""
    section = top.table("settings")
    for key, value in section.raw.items():
        try:
            Settings.from_mapping({key: value})
        except InvalidSetting as refusal:
            section.refuse(key, refusal.reason)
    return dict(section.raw)
