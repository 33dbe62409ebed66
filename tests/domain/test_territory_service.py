"""The service's contact, legal texts, colours, mark and topics in a territory file."""

from datetime import date
from typing import Any

import pytest

from app.domain.checks import BothLanguages, InvalidFile
from app.domain.territory import parse_territory
from app.domain.territory_entries import Colours, DeclaredTopic
from tests.support.territory_sample import REMOVED, SAMPLE, TOPIC, spoiled

BAD = [
    ({"service__name": ""}, "service.name : est vide"),
    ({"service__slogan__en": ""}, "service.slogan.en : est vide"),
    ({"service__service_sms": "Coclic'O !!"}, "service.service_sms : 11 caractères, 10 au plus"),
    ({"service__service_sms": "Coclic’O"}, "service.service_sms : caractères impossibles"),
    ({"service__sms_sender": "Coclic'O"}, "service.sms_sender : « Coclic'O » n'a pas la forme"),
    ({"service__sms_sender": "Douzelettres"}, "service.sms_sender : « Douzelettres » n'a pas"),
    ({"service__phone": "05-36"}, "service.phone : « 05-36 » n'a pas la forme"),
    ({"service__phone_hours": {"fr": "le matin"}}, "service.phone_hours.en : les deux langues"),
    ({"service__email": "aide"}, "service.email : « aide » n'a pas la forme"),
    ({"service__fax": "x"}, "service.fax : clé inconnue"),
    ({"texts__accessibility_state": "conforme"}, "texts.accessibility_state : « conforme »"),
    (
        {"texts__accessibility_state": "totalement conforme"},
        "texts.accessibility_audited_on : « totalement conforme » demande la date d'un audit",
    ),
    ({"texts__national_map_url": "http://x.fr"}, "texts.national_map_url : « http://x.fr »"),
    ({"texts__dpo": "x" * 1001}, "texts.dpo : 1001 caractères, 1000 au plus"),
    ({"texts__maire": "x"}, "texts.maire : clé inconnue"),
    ({"colours__brand": "teal"}, "colours.brand : « teal » n'a pas la forme"),
    ({"colours__accent": "#ffd54a"}, "colours.accent : contraste de 1.4 sur fond clair"),
    ({"colours__dark": "#000000"}, "colours.dark : clé inconnue"),
    ({"mark__file": "../mark.svg"}, "mark.file : « ../mark.svg » n'a pas la forme"),
    ({"mark__file": "mark.png"}, "mark.file : « mark.png » n'a pas la forme"),
    ({"mark__size": 3}, "mark.size : clé inconnue"),
    ({"topics__0__minutes": 10}, "topics[1].minutes : 10 n'est pas entre 15 et 180"),
    ({"topics__0__step_minutes": 25}, "topics[1].step_minutes : 25 ne tombe pas juste"),
    ({"topics__0__label": {"fr": "x"}}, "topics[1].label.en : manque"),
    ({"topics__0__themes": "email"}, "topics[1].themes : on attend ici une liste"),
    ({"topics__1": TOPIC}, "topics[2].code : « autre » est déjà pris"),
    ({"topics__0__icone": "x"}, "topics[1].icone : clé inconnue"),
]


@pytest.mark.parametrize(("changes", "expected"), BAD)
def test_a_bad_service_is_refused_with_its_key(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidFile) as refusal:
        parse_territory(spoiled(**changes))
    found = [str(problem) for problem in refusal.value.problems]
    assert any(problem.startswith(expected) for problem in found), found


def test_a_service_gives_all_that_it_says() -> None:
    service = parse_territory(SAMPLE).service
    assert (service.name, service.service_sms, service.sms_sender) == ("Aide", "Aide", "Aide")
    assert service.slogan == BothLanguages("Près de vous", "Near you")
    assert (service.phone, service.text_number) == ("05 36 49 00 00", "06 39 98 00 00")
    assert service.phone_hours == BothLanguages("le matin", "mornings")
    assert (service.email, service.mark) == ("aide@demo.invalid", "mark.svg")


@pytest.mark.parametrize("phone", ["05 36 49 00 00", "3639", "+33 5 36 49 00 00", ""])
def test_a_phone_is_written_as_people_read_it(phone: str) -> None:
    assert parse_territory(spoiled(service__phone=phone)).service.phone == phone


def test_a_better_accessibility_state_needs_the_date_of_its_audit() -> None:
    raw = spoiled(
        texts__accessibility_state="partiellement conforme",
        texts__accessibility_audited_on=date(2026, 9, 1),
        texts__accessibility_results={"fr": "80 %", "en": "80%"},
        texts__accessibility_plan_url="https://exemple.invalid/plan",
    )
    texts = parse_territory(raw).texts
    assert texts.accessibility_state == "partiellement conforme"
    assert texts.accessibility_audited_on == date(2026, 9, 1)
    assert texts.accessibility_results == BothLanguages("80 %", "80%")
    assert texts.accessibility_plan_url == "https://exemple.invalid/plan"


def test_without_an_audit_the_site_says_that_it_does_not_conform() -> None:
    raw = spoiled(texts__accessibility_state=REMOVED)
    assert parse_territory(raw).texts.accessibility_state == "non conforme"


def test_colours_are_kept_in_lower_case_and_may_be_left_out() -> None:
    assert parse_territory(SAMPLE).colours == Colours(brand="#0b5563", accent="")
    assert parse_territory(spoiled(colours=REMOVED)).colours == Colours("", "")


def test_a_topic_gives_all_that_it_says() -> None:
    assert parse_territory(SAMPLE).topics == (
        DeclaredTopic(
            code="autre",
            label=BothLanguages("Autre chose", "Something else"),
            minutes=45,
            step_minutes=15,
            bring=BothLanguages("L’appareil", "The device"),
            themes=("diagnostic_numerique",),
            sensitive=False,
            active=True,
        ),
    )


def test_the_step_of_a_topic_may_be_that_of_the_territory() -> None:
    assert parse_territory(spoiled(topics__0__step_minutes=REMOVED)).topics[0].step_minutes is None
