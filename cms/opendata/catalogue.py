"""The catalogue of open data as DCAT-AP 3: statements once, written as JSON-LD and as Turtle."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.insight.statistics.public import PublicRelease, PublicTable
from cms.opendata.files import LICENCE_OF_EU

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EU = "http://publications.europa.eu/resource/authority"
_PUBLISHER = ("Izglītības kvalitātes valsts dienests", "State Education Quality Service")
_FORMATS = (("csv", "CSV", "text/csv"), ("json", "JSON", "application/json"))


@dataclass(frozen=True)
class To:
    """The object of a statement that is a thing: its address, full or with a prefix."""

    address: str


@dataclass(frozen=True)
class Text:
    """The object of a statement that is a text in a language, or a typed value."""

    value: str
    language: str = ""
    datatype: str = ""


Object = To | Text
Statements = dict[str, list[tuple[str, Object]]]


def catalogue(*, releases: Sequence[PublicRelease], base: str, mail: str) -> Statements:
    """Statements by subject: the catalogue, a dataset for each table of the newest release, and its files.

    Earlier releases of a table are its earlier versions. `base` is the address of the site, `mail` whom to ask.
    """
    root, publisher, contact = f"{base}/open-data/", f"{base}/open-data/#publisher", f"{base}/open-data/#contact"
    found: Statements = {
        root: [
            ("rdf:type", To("dcat:Catalog")),
            *_both("dct:title", "PuMPuRS atvērtie dati", "Open data of PuMPuRS"),
            *_both(
                "dct:description",
                "Aizsargātas tabulas par atbalstu jauniešiem, kuriem ir risks pārtraukt mācības.",
                "Protected tables on the support of young people at risk of leaving education.",
            ),
            ("dct:publisher", To(publisher)),
            ("dct:license", To(LICENCE_OF_EU)),
            ("foaf:homepage", To(root)),
            *(("dct:language", To(f"{_EU}/language/{code}")) for code in ("LAV", "ENG")),
        ],
        publisher: [("rdf:type", To("foaf:Agent")), *_both("foaf:name", *_PUBLISHER)],
        contact: [
            ("rdf:type", To("vcard:Organization")),
            ("vcard:fn", Text(_PUBLISHER[0], "lv")),
            ("vcard:hasEmail", To(f"mailto:{mail}")),
        ],
    }
    if releases:
        newest = releases[0]
        found[root].append(("dct:modified", _moment(newest)))
        for table in newest.tables:
            dataset = f"{base}/open-data/{newest.code}/{table.code}/"
            found[root].append(("dcat:dataset", To(dataset)))
            before = [old for old in releases[1:] if any(each.code == table.code for each in old.tables)]
            found[dataset] = _dataset(newest, table, before, base=base, publisher=publisher, contact=contact)
            for suffix, name, media in _FORMATS:
                found[_file(base, newest, table, suffix)] = _distribution(newest, table, suffix, name, media, base=base)
    return found


def _dataset(
    release: PublicRelease, table: PublicTable, before: Sequence[PublicRelease], *, base: str, publisher: str, contact: str
) -> list[tuple[str, Object]]:
    return [
        ("rdf:type", To("dcat:Dataset")),
        ("dct:identifier", Text(f"{release.code}/{table.code}")),
        *_both("dct:title", table.name_lv, table.name_en),
        *_both(
            "dct:description",
            f"{table.name_lv}. Mazie skaitļi un tie, no kuriem tos varētu aprēķināt, ir slēpti.",
            f"{table.name_en}. Small figures, and those that would give them away, are suppressed.",
        ),
        ("dct:publisher", To(publisher)),
        ("dcat:contactPoint", To(contact)),
        ("dcat:landingPage", To(f"{base}/open-data/{release.code}/{table.code}/")),
        ("dct:issued", _moment(release)),
        ("dct:modified", _moment(release)),
        ("dcat:version", Text(str(release.number))),
        ("dct:accrualPeriodicity", To(f"{_EU}/frequency/IRREG")),
        ("dct:accessRights", To(f"{_EU}/access-right/PUBLIC")),
        ("dcat:theme", To(f"{_EU}/data-theme/EDUC")),
        ("dct:spatial", To(f"{_EU}/country/LVA")),
        *(("dcat:keyword", Text(word, "lv")) for word in ("izglītība", "priekšlaicīga mācību pārtraukšana")),
        *(("dcat:keyword", Text(word, "en")) for word in ("education", "early school leaving")),
        *(("dcat:distribution", To(_file(base, release, table, suffix))) for suffix, _name, _media in _FORMATS),
        *(("dcat:hasVersion", To(f"{base}/open-data/{old.code}/{table.code}/")) for old in before),
    ]


def _distribution(
    release: PublicRelease, table: PublicTable, suffix: str, name: str, media: str, *, base: str
) -> list[tuple[str, Object]]:
    address = _file(base, release, table, suffix)
    schema = [("dct:conformsTo", To("http://www.w3.org/ns/csvw"))] if suffix == "csv" else []
    return [
        ("rdf:type", To("dcat:Distribution")),
        *_both("dct:title", f"{table.name_lv} ({name})", f"{table.name_en} ({name})"),
        ("dcat:accessURL", To(f"{base}/open-data/{release.code}/{table.code}/")),
        ("dcat:downloadURL", To(address)),
        ("dct:license", To(LICENCE_OF_EU)),
        ("dct:format", To(f"{_EU}/file-type/{name}")),
        ("dcat:mediaType", To(f"http://www.iana.org/assignments/media-types/{media}")),
        ("dcatap:availability", To("http://publications.europa.eu/resource/authority/planned-availability/STABLE")),
        ("dct:issued", _moment(release)),
        *schema,
    ]


def _file(base: str, release: PublicRelease, table: PublicTable, suffix: str) -> str:
    return f"{base}/open-data/{release.code}/{table.code}.{suffix}"


def _both(predicate: str, latvian: str, english: str) -> list[tuple[str, Object]]:
    return [(predicate, Text(latvian, "lv")), (predicate, Text(english, "en"))]


def _moment(release: PublicRelease) -> Text:
    return Text(release.released_at.isoformat(), datatype="xsd:dateTime")


def as_json_ld(statements: Statements) -> str:
    """JSON-LD 1.1: one node a subject."""
    graph = []
    for subject, pairs in statements.items():
        node: dict[str, Any] = {"@id": subject}
        for predicate, thing in pairs:
            name = "@type" if predicate == "rdf:type" else predicate
            node.setdefault(name, []).append(_json(thing, is_type=name == "@type"))
        graph.append(node)
    return json.dumps({"@context": PREFIXES, "@graph": graph}, ensure_ascii=False, indent=1)


def _json(thing: Object, *, is_type: bool) -> Any:
    if isinstance(thing, To):
        return thing.address if is_type else {"@id": thing.address}
    if thing.language:
        return {"@value": thing.value, "@language": thing.language}
    return {"@value": thing.value, "@type": thing.datatype} if thing.datatype else thing.value


def as_turtle(statements: Statements) -> str:
    """Turtle 1.1."""
    heads = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    blocks = [_block(subject, pairs) for subject, pairs in statements.items()]
    return "\n".join([*heads, "", *blocks, ""])


def _block(subject: str, pairs: Iterable[tuple[str, Object]]) -> str:
    told = " ;\n".join(f"    {'a' if name == 'rdf:type' else name} {_turtle(thing)}" for name, thing in pairs)
    return f"<{subject}>\n{told} ."


def _turtle(thing: Object) -> str:
    if isinstance(thing, To):
        return thing.address if thing.address.partition(":")[0] in PREFIXES else f"<{thing.address}>"
    text = json.dumps(thing.value, ensure_ascii=False)
    if thing.language:
        return f"{text}@{thing.language}"
    return f"{text}^^{thing.datatype}" if thing.datatype else text
