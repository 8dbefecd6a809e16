"""A light stemmer for Latvian words that no dictionary knows: names, foreign words, new words.

After the algorithm of Kārlis Krēsliņš as Apache Lucene's LatvianStemmer has it (Apache License 2.0), written anew: the
longest fitting ending goes when enough vowels stay before it, and a softened consonant turns back.
"""

from __future__ import annotations

_VOWELS = frozenset("aāeēiīouū")
_LEAST = 3

# Ending, vowels that the word must have beyond it, whether the consonant before it may have been softened.
_ENDINGS: tuple[tuple[str, int, bool], ...] = (
    ("ajiem", 3, False),
    *((ending, 3, False) for ending in ("ajai", "ajam", "ajām", "ajos", "ajās")),
    ("iem", 2, True),
    *((ending, 2, False) for ending in ("ajā", "ais", "ai", "ei")),
    *((ending, 1, False) for ending in ("ām", "am", "ēm", "īm", "im", "um")),
    ("us", 1, True),
    *((ending, 1, False) for ending in ("as", "ās", "es")),
    ("os", 1, True),
    *((ending, 1, False) for ending in ("ij", "īs", "ēs", "is", "ie")),
    *((ending, 1, True) for ending in ("u", "a", "i")),
    *((ending, 1, False) for ending in ("e", "ā", "ē", "ī", "ū", "o")),
    ("s", 0, False),
    ("š", 0, False),
)

_HARD_PAIRS = {"pj": "p", "bj": "b", "mj": "m", "vj": "v", "šņ": "sn", "žņ": "zn", "šļ": "sl", "žļ": "zl", "ļņ": "ln", "ļļ": "ll"}
_HARD = {"č": "c", "ļ": "l", "ņ": "n"}


def stem(word: str) -> str:
    """The word without its ending; `word` in small letters and NFC."""
    vowels = sum(letter in _VOWELS for letter in word)
    for ending, beyond, softens in _ENDINGS:
        if vowels > beyond and len(word) >= len(ending) + _LEAST and word.endswith(ending):
            begin = word[: -len(ending)]
            return _harden(begin, ending) if softens else begin
    return word


def _harden(begin: str, ending: str) -> str:
    if ending[0] == "u" and begin.endswith("kš"):
        return begin[:-2] + "kst"
    if ending[0] == "u" and begin.endswith("ņņ"):
        return begin[:-2] + "nn"
    if begin[-2:] in _HARD_PAIRS:
        return begin[:-2] + _HARD_PAIRS[begin[-2:]]
    return begin[:-1] + _HARD.get(begin[-1:], begin[-1:])
