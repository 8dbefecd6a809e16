"""How well the search knows Latvian, on the judged words and texts of `tests/data/search_lv` (its README says how)."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from backend.core.text import fold
from cms.search.keys import keys_of
from cms.search.selectors import find
from tests.cms.search.corpus import SETS, forms, grouped, make_pages, sentences, with_error


@pytest.mark.parametrize("which", SETS)
def test_words_meet_their_forms_and_few_others(which: str) -> None:
    lemmas = forms(which)
    every = {form for group in lemmas.values() for form in group}
    keys = {word: set(keys_of(word, language="lv", english={})) for word in every}
    met = [(lemma, form) for lemma in lemmas for form in every if keys[lemma] & keys[form]]
    right = sum(form in lemmas[lemma] for lemma, form in met)
    recall, precision = right / sum(map(len, lemmas.values())), right / len(met)
    print(f"words: recall {recall:.3f}, strict precision {precision:.3f}")
    assert recall >= 0.98
    assert precision >= 0.87


@pytest.mark.django_db
@pytest.mark.parametrize("which", SETS)
def test_texts_are_found_in_any_writing(site: int, which: str) -> None:
    judged = sentences(which)
    pages = make_pages([text for text, _lemmas in judged])
    wanted = {lemma: {pages[number] for number in numbers} for lemma, numbers in grouped(judged).items()}
    chance = random.Random(11)
    plain = _measured(wanted, lambda lemma: lemma)
    folded = _measured(wanted, fold)
    wrong = _measured(
        {lemma: found for lemma, found in wanted.items() if len(lemma) > 3}, lambda lemma: with_error(lemma, chance)
    )
    print(f"texts (recall, MAP): as written {plain}, without diacritics {folded}, one error {wrong}")
    assert plain[0] >= 0.98
    assert plain[1] >= 0.95
    assert folded[0] >= 0.98
    assert folded[1] >= 0.93
    assert wrong[0] >= 0.80
    assert wrong[1] >= 0.75


def _measured(wanted: dict[str, set[int]], typed: Callable[[str], str]) -> tuple[float, float]:
    """Mean recall and mean average precision over all queries."""
    recalls, averages = [], []
    for lemma, relevant in wanted.items():
        hits = [hit.page_id for hit in find(q=typed(lemma), language="lv", count=100).hits]
        good = [place for place, page in enumerate(hits, 1) if page in relevant]
        recalls.append(len(good) / len(relevant))
        averages.append(sum(number / place for number, place in enumerate(good, 1)) / len(relevant))
    return round(sum(recalls) / len(recalls), 3), round(sum(averages) / len(averages), 3)
