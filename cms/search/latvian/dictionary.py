"""Lemmas of Latvian words from the Hunspell dictionary, read without a spelling checker around it.

The same answers as spylls gives for these files (tests/cms/search/test_dictionary.py compares them word by word), at a
fraction of the time and memory, because only what the Latvian files use is understood: suffixes of two
levels, three prefixes, circumfixes and NEEDAFFIX.

A bare root would merge `lasīt`, `lasīties` and `lasīšana`. Three rules keep them apart: a reflexive affix on a verb gives
the reflexive infinitive, the affix of verbal nouns gives that noun's nominative, anything else the root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "dictionary"
_NEEDS_AFFIX, _CIRCUMFIX = "{", "|"
_REFLEXIVE = re.compile(r"(?:ies|os|ās|as)$")
_KEPT = 50_000
_LONGEST = 40
"""No Latvian word is longer; anything that is was not meant to be read."""


@dataclass(frozen=True, slots=True)
class Suffix:
    """One line of the affix file: `strip` gives way to the ending under which it is filed."""

    flag: str
    strip: str
    add: str
    fits: re.Pattern[str] | None
    goes_on: str
    """Flags of the suffixes and prefixes that may follow."""

    def root(self, word: str) -> str | None:
        """What `word` was before this suffix; None where it cannot have been."""
        root = word[: len(word) - len(self.add)] + self.strip
        return root if self.fits is None or self.fits.search(root) else None


@dataclass(frozen=True, slots=True)
class Prefix:
    """One of the three prefixes."""

    flag: str
    add: str
    circumfix: bool


class Dictionary:
    """The two files in memory: about 25 MB and a fifth of a second."""

    def __init__(self, *, folder: Path = FOLDER) -> None:
        self.suffixes: dict[str, list[Suffix]] = {}
        self.prefixes: list[Prefix] = []
        self._read_affixes(folder / "lv_LV.aff")
        self.roots = _read_roots(folder / "lv_LV.dic")
        every = [suffix for group in self.suffixes.values() for suffix in group]
        self.longest = max(map(len, self.suffixes))
        verbal = {suffix.flag for suffix in every if suffix.strip.endswith("t")}
        self.reflexive = {flag for flag in verbal if _is_reflexive([suffix.add for suffix in every if suffix.flag == flag])}

    def lemmas(self, word: str) -> tuple[str, ...]:
        """Base forms of a word in small letters, all of them where it is ambiguous; none for an unknown word."""
        if not word or len(word) > _LONGEST:
            return ()
        found: dict[str, None] = {}
        for written in (word, word[:1].upper() + word[1:]):
            for lemma in self._analyses(written):
                found[lemma.lower()] = None
        return tuple(found)

    def _analyses(self, word: str) -> Iterator[str]:
        yield from self._below(word, None)
        for prefix in self.prefixes:
            lowered = word if word.islower() else word.lower()
            if lowered.startswith(prefix.add) and len(lowered) > len(prefix.add):
                yield from self._below(lowered[len(prefix.add) :], prefix)

    def _below(self, word: str, prefix: Prefix | None) -> Iterator[str]:
        """Base forms of a word whose prefix is off."""
        if not (prefix and prefix.circumfix):
            for flags in self.roots.get(word, ()):
                if _NEEDS_AFFIX not in flags and (prefix is None or prefix.flag in flags):
                    yield word
        for outer in self._fitting(word):
            stem = outer.root(word)
            if stem is None:
                continue
            for flags in self.roots.get(stem, ()):
                if outer.flag in flags and _agree(prefix, outer, outer.goes_on + flags):
                    yield self._lemma(stem, outer, stem)
            for inner in self._fitting(stem):
                root = inner.root(stem) if outer.flag in inner.goes_on else None
                for flags in self.roots.get(root, ()) if root else ():
                    if inner.flag in flags and _agree(prefix, outer, outer.goes_on + inner.goes_on + flags):
                        yield self._lemma(root or "", inner, stem)

    def _lemma(self, root: str, suffix: Suffix, stem: str) -> str:
        if suffix.add in {"šana", "šanās", "šanos"} and suffix.strip.endswith("t"):
            begin = root[: len(root) - len(suffix.strip)]
            return begin + ("šana" if suffix.add == "šana" else "šanās")
        if root.endswith("t") and (suffix.flag in self.reflexive or suffix.add.endswith("šies")):
            return root + "ies"
        return root

    def _fitting(self, word: str) -> Iterator[Suffix]:
        """Suffixes whose ending the word has, the empty ending included."""
        for length in range(min(self.longest, len(word)) + 1):
            yield from self.suffixes.get(word[len(word) - length :], ())

    def _read_affixes(self, file: Path) -> None:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                part = line.split()
                if len(part) < 5 or part[0] not in {"SFX", "PFX"}:
                    continue
                kind, flag, strip, (add, _, goes_on) = part[0], part[1], part[2].replace("0", ""), part[3].partition("/")
                add = "" if add == "0" else add
                if kind == "PFX":
                    self.prefixes.append(Prefix(flag, add, _CIRCUMFIX in goes_on))
                    continue
                self.suffixes.setdefault(add, []).append(Suffix(flag, strip, add, _condition(part[4]), goes_on))


def _is_reflexive(endings: list[str]) -> bool:
    """Whether a group of verb endings is the reflexive one: nearly all of them look so."""
    return sum(bool(_REFLEXIVE.search(ending)) for ending in endings) >= 0.95 * len(endings)


def _agree(prefix: Prefix | None, outer: Suffix, flags: str) -> bool:
    """Whether a suffix may stand with this prefix, or without any: a half of a circumfix needs the other half."""
    half = _CIRCUMFIX in outer.goes_on
    if prefix is None:
        return not half
    return prefix.flag in flags and half == prefix.circumfix


@cache
def _condition(text: str) -> re.Pattern[str] | None:
    return None if text == "." else re.compile(f"(?:{text})$")


def _read_roots(file: Path) -> dict[str, tuple[str, ...]]:
    """Each root with the flags of its homonyms."""
    roots: dict[str, tuple[str, ...]] = {}
    flags_seen: dict[str, str] = {}
    with file.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            entry = line.split("\t")[0].split(" ")[0].strip()
            root, _, flags = entry.partition("/")
            if root:
                roots[root] = (*roots.get(root, ()), flags_seen.setdefault(flags, flags))
    return roots


@lru_cache(maxsize=1)
def latvian() -> Dictionary:
    """The dictionary, read when a process first needs it."""
    return Dictionary()


@lru_cache(maxsize=_KEPT)
def lemmas_of(word: str) -> tuple[str, ...]:
    """`Dictionary.lemmas` of the site's dictionary, remembered."""
    return latvian().lemmas(word)
