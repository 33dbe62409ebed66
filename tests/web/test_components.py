"""Form controls: what a person, a screen reader and a keyboard find in them."""

import pytest
from jinja2 import UndefinedError

from tests.support.template_page import Contact, component, render, words


def test_what_a_person_typed_is_escaped() -> None:
    link = component("button", "{{ button(text, href=text) }}", text='"><script>x</script>')
    assert link.script is None
    field = Contact(data={"first_name": '"><script>x</script>'}).first_name
    group = component("text_field", "{{ text_field(field) }}", field=field)
    assert group.script is None
    assert group.input is not None
    assert group.input["value"] == '"><script>x</script>'


def test_a_text_field_is_labelled_described_and_filled_by_the_browser() -> None:
    field = Contact(data={"phone": "06 39 98 1"}).phone
    field.errors = ["Ce numéro de téléphone est incomplet."]
    call = '{{ text_field(field, autocomplete="tel", type="tel", inputmode="tel") }}'
    group = component("text_field", call, field=field)
    control = group.input
    assert control is not None
    assert control["value"] == "06 39 98 1"
    assert (control["autocomplete"], control["type"], control["inputmode"]) == ("tel",) * 3
    said = [group.select_one(f"#{part}") for part in str(control["aria-describedby"]).split()]
    assert [words(part) for part in said if part] == [
        "Pour vous prévenir si le rendez-vous change.",
        "Erreur : Ce numéro de téléphone est incomplet.",
    ]
    label = group.label
    assert label is not None
    assert (label["for"], words(label)) == ("phone", "Téléphone")


def test_only_an_optional_field_is_marked() -> None:
    call = "{{ text_field(field, optional=optional, spellcheck='false', width=10) }}"
    field = Contact(data={}).first_name
    marked = component("text_field", call, field=field, optional=True)
    plain = component("text_field", call, field=field, optional=False)
    assert words(marked) == "Prénom (facultatif)"
    assert words(plain) == "Prénom"
    assert plain.input is not None
    assert plain.input["spellcheck"] == "false"
    assert "govuk-input--width-10" in plain.input["class"]


def test_a_field_alone_on_its_page_is_the_heading() -> None:
    call = "{{ text_field(field, as_heading=true) }}"
    group = component("text_field", call, field=Contact(data={}).first_name)
    assert group.h1 is not None
    assert group.h1.label is not None


def test_radios_are_one_question_with_its_answers() -> None:
    field = Contact(data={"channel": "no"}).channel
    call = '{{ radios(field, as_heading=true, hints={"sms": "Gratuit."}) }}'
    group = component("radios", call, field=field)
    assert group.fieldset is not None
    assert group.legend is not None
    assert group.legend.h1 is not None
    assert words(group.legend.h1) == "Comment vous prévenir ?"
    answers = {item["value"]: item for item in group.select("input[type=radio]")}
    assert [value for value, item in answers.items() if item.has_attr("checked")] == ["no"]
    assert answers["sms"]["id"] == "channel", "the error summary leads to the first answer"
    assert group.select_one(f"#{answers['sms']['aria-describedby']}") is not None


def test_nothing_is_chosen_before_the_person_chooses() -> None:
    group = component("radios", "{{ radios(field) }}", field=Contact(data={}).channel)
    assert not group.select("[checked]")
    assert group.h1 is None


def test_a_box_keeps_what_was_given() -> None:
    form = Contact(data={"agreed": True})
    box = component("checkbox", "{{ checkbox(field) }}", field=form.agreed)
    assert box.input is not None
    assert box.input.has_attr("checked")
    assert words(box) == "La personne est d’accord."


def test_the_error_summary_counts_and_leads_to_the_fields() -> None:
    form = Contact(data={})
    form.first_name.errors = ["Écrivez votre prénom."]
    call = "{{ error_summary(form_errors(form)) }}"
    assert "Il y a une erreur" in words(component("error_summary", call, form=form))
    form.slot.errors = ["Cette heure vient d’être prise."]
    form.form_errors = ["Trop d’essais."]
    summary = component("error_summary", call, form=form)
    assert (summary["tabindex"], summary.has_attr("autofocus")) == ("-1", True)
    assert words(summary.h2 or summary) == "Il y a 3 erreurs"
    lines = summary.select("li")
    assert [words(line) for line in lines] == [
        "Trop d’essais.",
        "Cette heure vient d’être prise.",
        "Écrivez votre prénom.",
    ]
    assert [link["href"] for link in summary.select("a")] == ["#first_name"]


def test_without_error_there_is_no_summary() -> None:
    template = """{% from "components/error_summary.html" import error_summary %}
    {{ error_summary(form_errors(form)) }}"""
    assert render(template, form=Contact(data={})).find(True) is None


def test_the_trap_is_for_robots_only() -> None:
    field = Contact(data={"website": "http://x"}).website
    trap = component("honeypot", "{{ honeypot(field) }}", field=field)
    assert trap["aria-hidden"] == "true"
    assert trap.input is not None
    assert (trap.input["tabindex"], trap.input["autocomplete"]) == ("-1", "off")
    assert trap.label is not None
    assert trap.label["for"] == "website"


def test_a_forgotten_value_fails_loudly() -> None:
    with pytest.raises(UndefinedError):
        component("back_link", "{{ back_link(nowhere) }}")
