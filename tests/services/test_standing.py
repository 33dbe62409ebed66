"""How things stand for a booking, where nothing stands yet."""

import pytest
from sqlalchemy.orm import Session

from app.services.catalogue import NoTerritory
from app.services.standing import read_standing
from tests.support.stage import Stage
from tests.support.stage_plan import NOW


def test_without_a_territory_nothing_stands(session: Session) -> None:
    with pytest.raises(NoTerritory):
        read_standing(session, "a form", now=NOW)


def test_a_new_form_of_an_unknown_phone_has_nothing_behind_it(stage: Stage) -> None:
    standing = read_standing(stage.session, "a form", now=NOW, phone="+33639980000", reference=1)
    assert standing.catalogue is stage.catalogue
    assert (standing.earlier, standing.upcoming, standing.is_reference_taken) == (None, 0, False)
