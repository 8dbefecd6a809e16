"""Our reader of the Hunspell files beside spylls, and the rules that keep verb, reflexive verb and verbal noun apart."""

from __future__ import annotations

import pytest
from spylls.hunspell import Dictionary as Spylls
from spylls.hunspell.algo.capitalization import Type

from cms.search.latvian.dictionary import FOLDER, Dictionary, lemmas_of
from cms.search.latvian.stemmer import stem
from cms.search.latvian.words import clean, within
from tests.cms.search.corpus import forms


class _Bare(Dictionary):
    """Roots as they stand in the file, without the three rules."""

    def _lemma(self, root: str, suffix: object, stem: str) -> str:
        return root


def test_the_same_roots_as_spylls() -> None:
    ours, theirs = _Bare(), Spylls.from_files(str(FOLDER / "lv_LV"))
    words = sorted({form for group in forms().values() for form in group})[::4]
    assert len(words) > 150
    for word in [*words, "nejālasa", "vislasa", "jābijis", "xyz", "skolotājiemm"]:
        expected = {
            form.in_dictionary.stem.lower()
            for written in (word, word.capitalize())
            for form in theirs.lookuper.affix_forms(written, captype=Type.NO)
            if form.in_dictionary
        }
        assert set(ours.lemmas(word)) == expected, word


@pytest.mark.parametrize(
    ("word", "lemmas"),
    [
        ("lasošajiem", {"lasīt"}),
        ("jālasa", {"lasīt"}),
        ("lasījās", {"lasīties"}),
        ("lasīšanai", {"lasīšana"}),
        ("rīgā", {"rīga"}),
        ("vislabākajam", {"labs"}),
        ("kvazzls", set()),
        ("", set()),
        ("a" * 500, set()),
    ],
)
def test_lemmas(word: str, lemmas: set[str]) -> None:
    assert set(lemmas_of(word)) == lemmas


@pytest.mark.parametrize(("word", "root"), [("zoomam", "zoom"), ("braļļu", "brall"), ("uz", "uz"), ("", "")])
def test_stems_of_unknown_words(word: str, root: str) -> None:
    assert stem(word) == root


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("skola", "sokla", 1), ("skola", "skla", 1), ("skola", "skola", 0), ("skola", "sakta", None), ("", "a", 1)],
)
def test_edits(one: str, other: str, edits: int | None) -> None:
    assert within(one, other, most=1) == edits


def test_cleaning_leaves_text() -> None:
    assert clean(" a\x00b\u200b c\u00adi\ud800 ") == "a b ci"
    assert clean("ā" * 500, longest=10) == "ā" * 10
