"""Latvian alphabetical order."""

from backend.core.text import fold, sort_key


def test_letters_with_marks_stand_after_their_plain_ones() -> None:
    words = ["Ķekava", "Kate", "Ymera", "Ina", "Ilze", "Ģirts", "Guna", "Čaks", "Cīrulis", "Cēsis"]
    assert sorted(words, key=sort_key) == ["Cēsis", "Cīrulis", "Čaks", "Guna", "Ģirts", "Ilze", "Ymera", "Ina", "Kate", "Ķekava"]


def test_vowel_length_decides_only_between_equal_letters() -> None:
    assert sorted(["Kāzis", "Kaziņš", "Kazis"], key=sort_key) == ["Kaziņš", "Kazis", "Kāzis"]


def test_fold_forgives_case_and_marks() -> None:
    assert fold("Ķekavas ŠĶŪNIS") == "kekavas skunis"
