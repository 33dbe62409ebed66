"""The English catalogue says all that the French sources say, and nothing else."""

from tests.support.catalogue import VALUE, english, flat, messages_of_sources, translations


def test_each_french_text_has_an_english_one() -> None:
    ids = {
        form
        for message in english()
        if message.id
        for form in (message.id if isinstance(message.id, list | tuple) else (message.id,))
    }
    missing = [(text, file) for text, file in flat(messages_of_sources()) if text not in ids]
    assert missing == [], "run ./run translate, then translate the new texts"


def test_the_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    said = {text for text, _file in flat(messages_of_sources())}
    assert [french for french, _ in translations() if french not in said] == []


def test_no_translation_is_empty_or_unsure() -> None:
    unsure = [message.id for message in english() if message.fuzzy and message.id]
    assert unsure == []
    empty = [french for french, said in translations() if not said]
    assert empty == []


def test_translations_carry_the_same_values() -> None:
    different = [
        (french, said)
        for french, said in translations()
        if set(VALUE.findall(french)) != set(VALUE.findall(said))
    ]
    assert different == []
