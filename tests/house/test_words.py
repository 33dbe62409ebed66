"""The texts that residents read: short and plain."""

import ast
from collections import Counter
from pathlib import Path, PurePath

from flask_babel import LazyString

from app.domain.errors import DomainError
from app.services.erasure_register import ErasureRegister
from app.services.purge import purges
from app.services.purge_words import PARTS
from app.web import staff_wording, wording
from app.web.administration.words import FACTS
from tests.support.catalogue import VALUE, flat, messages_of_sources
from tests.support.sources import ROOT
from tests.support.words import abbreviated_dates, forbidden_words, long_sentences

WORDED_BY_LAW = ("accessibility", "your_data", "legal", "conditions")
"""Pages whose sentences are those of a model or a notice that the law gives."""


def refusals(kind: type[DomainError] = DomainError) -> list[type[DomainError]]:
    """Every refusal of the domain; a type that only groups others is none."""
    children = kind.__subclasses__()
    return [below for child in children for below in refusals(child)] if children else [kind]


def test_each_refusal_has_its_sentence() -> None:
    found = set(refusals())
    assert len(found) > 20
    assert {kind.__name__ for kind in found - set(wording.SENTENCES)} == set()


def test_each_refusal_has_its_own_code() -> None:
    codes = Counter(kind.code for kind in refusals())
    assert {code for code, count in codes.items() if count > 1} == set()
    assert DomainError.code not in codes


def test_the_sentences_are_translated_when_they_are_said() -> None:
    """A plain str would be frozen in the language of whoever started the process.

    The staff pages are in French only.
    """
    for_residents = wording.SENTENCES.keys() - staff_wording.SENTENCES.keys()
    assert {type(wording.SENTENCES[kind]) for kind in for_residents} == {LazyString}


def test_no_text_uses_a_word_that_residents_may_not_know() -> None:
    texts = flat(messages_of_sources())
    unknown = [(text, found) for text, _ in texts if (found := forbidden_words(text))]
    assert unknown == []


def test_sentences_are_short() -> None:
    long = [
        sentence
        for text, file in flat(messages_of_sources())
        if PurePath(file).stem not in WORDED_BY_LAW
        for sentence in long_sentences(VALUE.sub("", text))
    ]
    assert long == []


def test_no_text_abbreviates_a_date() -> None:
    assert [text for text, _file in flat(messages_of_sources()) if abbreviated_dates(text)] == []


def noted_facts() -> set[str]:
    """The names of what services note beside an act: as keywords, or in a dictionary `facts`."""
    nodes = [
        node
        for source in sorted((ROOT / "app/services").rglob("*.py"))
        for text in [source.read_text(encoding="utf-8")]
        if "import note" in text
        for node in ast.walk(ast.parse(text))
    ]
    calls = [each for each in nodes if isinstance(each, ast.Call)]
    notes = [each for each in calls if isinstance(each.func, ast.Name) and each.func.id == "note"]
    dicts = [
        each.value
        for each in nodes
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "facts"
    ]
    keys = [key for each in dicts if isinstance(each, ast.Dict) for key in each.keys]
    names = {key.value for key in keys if isinstance(key, ast.Constant)}
    return names | {k.arg for each in notes for k in each.keywords if k.arg} - {"by", "now"}


def test_every_fact_of_the_journal_has_words() -> None:
    """People read them: « came : 4 » is no French."""
    noted = noted_facts()
    assert {"came", "reason"} <= noted
    assert noted - FACTS.keys() == set()


def test_every_part_of_the_purge_has_words() -> None:
    """The proof of an erasure is read in the journal too: « tries : 40 » proves nothing."""
    parts = purges(ErasureRegister(Path("erasures.txt")))
    assert {part.name for part in parts} == PARTS.keys()
    assert [words for words in PARTS.values() if ":" in words or ";" in words] == []
