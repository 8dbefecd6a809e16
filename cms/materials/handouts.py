"""Make the handouts that the site offers, from texts of our own: `python -m cms.materials.handouts FONT_FOLDER`.

PDF by typst (`pip install typst`; tagged, PDF/UA-1), DOCX by hand, since four XML parts are all it needs. The results are
committed beside their sources in `cms/materials/fixtures/`, so nothing here runs in a deployment.
"""

from __future__ import annotations

import sys
import zipfile
from html import escape
from itertools import groupby
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fixtures"
SOURCES, FILES = FOLDER / "sources", FOLDER / "files"
PDFS = {
    "kontrolsaraksts": "pumpurs-kontrolsaraksts-klases-audzinatajam.pdf",
    "checklist": "pumpurs-checklist-for-class-teachers.pdf",
    "konsultacija": "pumpurs-konsultacija-no-plana-lidz-uzskaitei.pdf",
}
WORKSHEET = "pumpurs-atbalsta-plana-darba-lapa.docx"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_STAMP = (2026, 11, 22, 12, 0, 0)


def make_pdfs(*, fonts: list[str]) -> None:
    """Compile each source with the fonts of those folders (Source Sans 3).

    Raises typst's own error for a page that is not accessible.
    """
    import typst

    for source, name in PDFS.items():
        typst.compile(str(SOURCES / f"{source}.typ"), output=str(FILES / name), pdf_standards=["ua-1"], font_paths=fonts)


def make_worksheet() -> None:
    """The worksheet for a talk about a support plan, as a DOCX that can be filled in."""
    lines = [line for line in (SOURCES / "darba-lapa.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    groups = groupby(lines, key=lambda line: line.startswith("|"))
    body = "".join(_table(list(rows)) if is_table else "".join(map(_part, rows)) for is_table, rows in groups)
    edges = " ".join(f'w:{side}="1134"' for side in ("top", "right", "bottom", "left"))
    margins = f'<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar {edges}/></w:sectPr>'
    document = f'{_HEAD}<w:document xmlns:w="{_WORD}"><w:body>{body}{margins}</w:body></w:document>'
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations([("officeDocument", "word/document.xml")]),
        "word/document.xml": document,
        "word/styles.xml": _styles(),
        "word/_rels/document.xml.rels": _relations([("styles", "styles.xml")]),
    }
    with zipfile.ZipFile(FILES / WORKSHEET, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), text, zipfile.ZIP_DEFLATED)


def _part(line: str) -> str:
    """One line of the source: `# ` and `## ` headings, anything else a paragraph."""
    if line.startswith("## "):
        return _paragraph(line[3:], style="Heading2")
    if line.startswith("# "):
        return _paragraph(line[2:], style="Heading1")
    return _paragraph(line)


def _table(lines: list[str]) -> str:
    """Rows `| a | b |`; the first says how many columns there are. Ends with an empty paragraph, as Word wants it."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    width = 9638 // len(rows[0])
    cell = '<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/></w:tcPr>{}</w:tc>'
    body = "".join("<w:tr>" + "".join(cell.format(width, _paragraph(text)) for text in row) + "</w:tr>" for row in rows)
    grid = f'<w:gridCol w:w="{width}"/>' * len(rows[0])
    table = '<w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="9638" w:type="dxa"/></w:tblPr>'
    return f"<w:tbl>{table}<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>{_paragraph('')}"


def _paragraph(text: str, *, style: str = "Normal") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _styles() -> str:
    def style(name: str, size: int, extra: str = "", level: str = "") -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name.lower().replace("heading", "heading ")}"/>'
            f'<w:pPr><w:spacing w:before="{120 if level else 40}" w:after="80"/>{level}</w:pPr>'
            f'<w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri"/>{extra}'
            f'<w:sz w:val="{size}"/><w:lang w:val="lv-LV"/></w:rPr></w:style>'
        )

    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="0E4A3D"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    borders = f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr>"
    table = f'<w:style w:type="table" w:styleId="Grid"><w:name w:val="Grid"/>{borders}</w:style>'
    heading = '<w:b/><w:color w:val="0E4A3D"/>'
    first, second = '<w:outlineLvl w:val="0"/>', '<w:outlineLvl w:val="1"/>'
    inner = style("Normal", 21) + style("Heading1", 36, heading, first) + style("Heading2", 26, heading, second) + table
    return f'{_HEAD}<w:styles xmlns:w="{_WORD}">{inner}</w:styles>'


def _types() -> str:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{main}.styles+xml"/></Types>'
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


if __name__ == "__main__":
    make_worksheet()
    make_pdfs(fonts=sys.argv[1:])
