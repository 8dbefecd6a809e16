"""The site's own pictures: mosaics of eyes, sound waves and buds, for "notice, listen, support".

Run `python -m cms.base.artwork` to write the SVG files again; posters are then photographed from them with
`python -m cms.base.artwork --posters` (needs Chromium). All of it is committed, so nothing here runs in a deployment.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from math import cos, pi, sin
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ART = ROOT / "site_templates" / "static" / "art"
POSTERS = ROOT / "cms" / "klase" / "fixtures" / "posters"

PINE, LEAF, MINT, CREAM, SUN, CORAL, SKY = "#0e4a3d", "#2f8a68", "#bfe0cf", "#f7ead0", "#f3b53f", "#e2643f", "#9cc3dc"
Tile = Callable[[str, str, str], str]


def plain(ground: str, first: str, second: str) -> str:
    """Nothing but the ground."""
    return f'<path fill="{ground}" d="M0 0h100v100H0z"/>'


def leaf(ground: str, first: str, second: str) -> str:
    """A leaf from corner to corner, one half darker."""
    return (
        plain(ground, first, second)
        + f'<path fill="{first}" d="M0 100A100 100 0 0 1 100 0L0 100z"/>'
        + f'<path fill="{second}" d="M100 0A100 100 0 0 1 0 100L100 0z"/>'
    )


def waves(ground: str, first: str, second: str) -> str:
    """Sound that spreads from a corner: listen."""
    rings = "".join(f'<circle r="{r}" fill="{fill}"/>' for r, fill in ((92, first), (70, ground), (48, second), (24, ground)))
    return plain(ground, first, second) + rings


def eye(ground: str, first: str, second: str) -> str:
    """An eye: notice."""
    return (
        plain(ground, first, second)
        + f'<path fill="{first}" d="M4 50Q50 2 96 50Q50 98 4 50z"/><circle cx="50" cy="50" r="17" fill="{second}"/>'
        + f'<circle cx="56" cy="44" r="5" fill="{first}"/>'
    )


def sprout(ground: str, first: str, second: str) -> str:
    """Two leaves and a bud on a stem: support."""
    return (
        plain(ground, first, second)
        + f'<path fill="{first}" d="M47 100V62C20 62 8 44 8 22C34 22 47 36 50 56C53 36 66 22 92 22C92 44 80 62 53 62V100z"/>'
        + f'<path fill="{second}" d="M50 4C60 14 60 28 50 38C40 28 40 14 50 4z"/>'
    )


def sun(ground: str, first: str, second: str) -> str:
    """A sun in the middle."""
    return (
        plain(ground, first, second)
        + f'<circle cx="50" cy="50" r="36" fill="{first}"/><path fill="{second}" d="M14 50a36 36 0 0 0 72 0z"/>'
    )


def hill(ground: str, first: str, second: str) -> str:
    """A half circle on the lower edge, with a smaller one in it."""
    return (
        plain(ground, first, second)
        + f'<circle cx="50" cy="100" r="46" fill="{first}"/><circle cx="50" cy="100" r="22" fill="{second}"/>'
    )


def desk(ground: str, first: str, second: str) -> str:
    """An open book."""
    return (
        plain(ground, first, second)
        + f'<path fill="{first}" d="M10 26Q32 16 50 28V82Q32 70 10 80z"/>'
        + f'<path fill="{second}" d="M90 26Q68 16 50 28V82Q68 70 90 80z"/>'
    )


def star(ground: str, first: str, second: str) -> str:
    """An eight-pointed star, as woven in Latvian belts."""
    points = " ".join(
        f"{50 + r * sin(i * pi / 8):.1f},{50 - r * cos(i * pi / 8):.1f}" for i in range(16) for r in ((44, 20)[i % 2],)
    )
    return (
        plain(ground, first, second)
        + f'<polygon fill="{first}" points="{points}"/><circle cx="50" cy="50" r="9" fill="{second}"/>'
    )


def mosaic(rows: list[list[tuple[Tile, str, str, str, int, int]]]) -> str:
    """An SVG of tiles; each is (drawing, ground, first, second, quarter turns, size in tiles)."""
    width, height = len(rows[0]) * 100, len(rows) * 100
    parts = []
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell is None:
                continue
            drawing, ground, first, second, turns, size = cell
            turn = f" rotate({turns * 90} 50 50)" if turns else ""
            scale = f" scale({size})" if size > 1 else ""
            clip = f'<g transform="translate({x * 100} {y * 100}){scale}{turn}"><g clip-path="url(#t)">'
            parts.append(f"{clip}{drawing(ground, first, second)}</g></g>")
    frame = '<defs><clipPath id="t"><path d="M0 0h100v100H0z"/></clipPath></defs>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{frame}{"".join(parts)}</svg>\n'


A, B, C, D = (leaf, MINT, LEAF, PINE), (waves, CREAM, CORAL, SUN), (eye, PINE, CREAM, CORAL), (sprout, SUN, PINE, CORAL)

HERO = [
    [
        (eye, PINE, CREAM, CORAL, 0, 2),
        None,
        (leaf, CREAM, LEAF, PINE, 0, 1),
        (hill, SKY, PINE, SUN, 0, 1),
        (leaf, MINT, SUN, CORAL, 1, 1),
    ],
    [None, None, (sun, MINT, SUN, CORAL, 0, 1), (waves, CREAM, CORAL, SUN, 0, 2), None],
    [(leaf, SUN, CREAM, CORAL, 1, 1), (hill, CORAL, CREAM, PINE, 0, 1), (leaf, LEAF, MINT, CREAM, 0, 1), None, None],
    [
        (star, SKY, CREAM, PINE, 0, 1),
        (sprout, MINT, PINE, CORAL, 0, 2),
        None,
        (desk, LEAF, CREAM, MINT, 0, 1),
        (leaf, PINE, LEAF, SUN, 0, 1),
    ],
    [(leaf, CREAM, PINE, LEAF, 1, 1), None, None, (leaf, SKY, CREAM, PINE, 1, 1), (hill, CREAM, LEAF, CORAL, 2, 1)],
]
NARROW = [
    [
        (eye, PINE, CREAM, CORAL, 0, 2),
        None,
        (leaf, CREAM, LEAF, PINE, 0, 1),
        (waves, CREAM, CORAL, SUN, 1, 2),
        None,
        (sprout, MINT, PINE, CORAL, 0, 2),
        None,
    ],
    [None, None, (sun, SKY, SUN, CORAL, 0, 1), None, None, None, None],
]
LOST = [[(leaf, MINT, LEAF, PINE, 0, 1), (eye, PINE, CREAM, CORAL, 0, 1), (leaf, CREAM, SUN, CORAL, 1, 1)]]


def _poster(
    ground: str, big: Tile, first: str, second: str, side: list[tuple[Tile, str, str, str, int, int]]
) -> list[list[object]]:
    return [
        [side[0], side[1], (big, ground, first, second, 0, 3), None, None],
        [side[2], side[3], None, None, None],
        [side[4], side[5], None, None, None],
    ]


EPISODES = {
    "poster-1": _poster(
        PINE,
        eye,
        CREAM,
        CORAL,
        [
            (leaf, MINT, LEAF, PINE, 0, 1),
            (hill, SUN, CORAL, CREAM, 0, 1),
            (sun, CREAM, CORAL, SUN, 0, 1),
            (leaf, SKY, PINE, LEAF, 1, 1),
            (desk, LEAF, CREAM, MINT, 0, 1),
            (leaf, CREAM, SUN, CORAL, 0, 1),
        ],
    ),
    "poster-2": _poster(
        CREAM,
        waves,
        CORAL,
        SUN,
        [
            (star, PINE, SUN, CORAL, 0, 1),
            (leaf, SKY, CREAM, PINE, 0, 1),
            (leaf, MINT, PINE, LEAF, 1, 1),
            (hill, PINE, MINT, SUN, 0, 1),
            (sun, SUN, CREAM, CORAL, 0, 1),
            (leaf, LEAF, CREAM, MINT, 0, 1),
        ],
    ),
    "poster-3": _poster(
        MINT,
        sprout,
        PINE,
        CORAL,
        [
            (leaf, CORAL, CREAM, SUN, 1, 1),
            (desk, SKY, CREAM, PINE, 0, 1),
            (hill, CREAM, LEAF, PINE, 0, 1),
            (sun, PINE, SUN, CORAL, 0, 1),
            (leaf, SUN, PINE, LEAF, 0, 1),
            (waves, CREAM, CORAL, PINE, 0, 1),
        ],
    ),
    "poster-4": _poster(
        SKY,
        desk,
        CREAM,
        SUN,
        [
            (hill, PINE, SUN, CORAL, 0, 1),
            (leaf, CREAM, LEAF, PINE, 0, 1),
            (leaf, SUN, CORAL, CREAM, 1, 1),
            (star, MINT, PINE, CORAL, 0, 1),
            (eye, CORAL, CREAM, PINE, 0, 1),
            (leaf, MINT, LEAF, PINE, 1, 1),
        ],
    ),
}


def write_drawings() -> None:
    """Write the SVG files that pages show."""
    for name, rows in (("hero", HERO), ("band", NARROW), ("lost", LOST)):
        (ART / f"{name}.svg").write_text(mosaic(rows), encoding="utf-8")


def write_posters() -> None:
    """Photograph each poster with Chromium, 1600 x 960, and keep few colours."""
    from PIL import Image

    for name, rows in EPISODES.items():
        with tempfile.TemporaryDirectory() as folder:
            page, shot = Path(folder) / "p.html", Path(folder) / "p.png"
            svg = mosaic(rows).replace("<svg ", '<svg width="1600" height="960" ', 1)
            page.write_text(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg}", encoding="utf-8")
            flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1600,960"]
            subprocess.run(["chromium", *flags, f"--screenshot={shot}", page.as_uri()], check=True, capture_output=True)  # noqa: S603, S607
            Image.open(shot).convert("RGB").quantize(48).save(POSTERS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    write_drawings()
    if "--posters" in sys.argv:
        write_posters()
