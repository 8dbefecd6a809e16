"""Latvian alphabetical order."""

from backend.core.text import fold, sort_key


def test_letters_with_marks_stand_after_their_plain_ones() -> None:
    words = ["Ķekava", "Kate", "Ymera", "Ina", "Ilze", "Ģirts", "Guna", "Čaks", "Cīrulis", "Cēsis"]
    assert sorted(words, key=sort_key) == ["Cēsis", "Cīrulis", "Čaks", "Guna", "Ģirts", "Ilze", "Ymera", "Ina", "Kate", "Ķekava"]


def test_vowel_length_decides_only_between_equal_letters() -> None:
    assert sorted(["Kāzis", "Kaziņš", "Kazis"], key=sort_key) == ["Kaziņš", "Kazis", "Kāzis"]


def test_fold_forgives_case_and_marks() -> None:
    assert fold("Ķekavas ŠĶŪNIS") == "kekavas skunis"


def test_order_is_the_one_of_cldr() -> None:
    """CLDR's Latvian tailoring: č ģ ķ ļ ņ ŗ š ž follow their plain letters as letters of their own; y differs from i later."""
    for plain, marked, following in ("cčd", "gģh", "kķl", "lļm", "nņo", "rŗs", "sšt"):
        words = [plain + "z", marked + "a", following + "a"]
        assert sorted([words[2], words[0], words[1]], key=sort_key) == words
    assert sorted(["žz", "za", "zz"], key=sort_key) == ["za", "zz", "žz"]
    assert sorted(["yb", "ib", "ya", "ic"], key=sort_key) == ["ya", "ib", "yb", "ic"]


def test_order_looks_past_case_and_signs() -> None:
    assert sort_key("ANNA-Marija") == sort_key("anna marija")
    assert sorted(["Liepa Zane", "Liepaja A", "Liepa-Kalna", "Liepa"], key=sort_key) == [
        "Liepa",
        "Liepa-Kalna",
        "Liepa Zane",
        "Liepaja A",
    ]
