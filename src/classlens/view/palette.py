"""The colours and the marker shapes of the classes, for every host: plain words and hex strings.

The first eight colours are those of Okabe and Ito, which people with any of the common colour
deficiencies tell apart (jfly.uni-koeln.de/color, 2008). Of their sets of four without black, the
first four differ most to normal eyes, to deuteranopes and to protanopes. The twelve after them were
searched for, each as far as possible from white and from those before it, by CIEDE2000: to both
deficiencies, and nearly twice as far to normal eyes. They are so ordered that two classes that
share a marker differ strongly in colour. Colour is never alone: a class also has a marker.
"""

from __future__ import annotations

from dataclasses import dataclass

COLOURS = (
    "#0072B2",  # blue
    "#D55E00",  # vermillion
    "#009E73",  # bluish green
    "#F0E442",  # yellow
    "#CC79A7",  # reddish purple
    "#56B4E9",  # sky blue
    "#E69F00",  # orange
    "#000000",  # black
    "#3600A2",  # indigo
    "#A20036",  # crimson
    "#003600",  # dark green
    "#A2F3BD",  # mint
    "#510036",  # plum
    "#A26CF3",  # violet
    "#006C6C",  # teal
    "#BD1B00",  # red
    "#876C51",  # brown
    "#00D8D8",  # cyan
    "#BDA2A2",  # dusty rose
    "#BDBD87",  # sand
)

# Eleven shapes, so that they and the twenty colours come together anew 220 times.
MARKERS = (
    "circle",
    "square",
    "triangle",
    "diamond",
    "plus",
    "cross",
    "triangle down",
    "star",
    "triangle left",
    "pentagon",
    "triangle right",
)

# What is not a class: text and lines, text of lesser weight, frames.
INK = "#1F2A35"
QUIET = "#5B6670"
FAINT = "#C4CBD1"

# Values: white is 0, or the value nearest to it; the deeper, the farther away.
POSITIVE = ("#FAFAF8", "#D3DBE8", "#9FB1CF", "#6982B0", "#3C558A")
NEGATIVE = ("#FAFAF8", "#EEDACB", "#DBB193", "#BC815C", "#8A5334")


@dataclass(frozen=True)
class Look:
    """How a class is drawn.

    Attributes:
        colour: such as ``"#0072B2"``.
        marker: a word from ``MARKERS``.
    """

    colour: str
    marker: str


def look(index: int) -> Look:
    """How the class of that index is drawn, in every picture and on the page.

    Example:
        >>> look(0)
        Look(colour='#0072B2', marker='circle')
    """
    return Look(COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)])


def rgb(colour: str) -> tuple[float, float, float]:
    """A hex string's red, green and blue, each from 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def tint(colour: str) -> str:
    """The colour of a region: light enough for points on it, dark colours more so than others.

    Example:
        >>> tint("#0072B2"), tint("#000000")
        ('#9EC9E2', '#C2C2C2')
    """
    red, green, blue = rgb(colour)
    darkness = 1 - (0.2126 * red + 0.7152 * green + 0.0722 * blue)  # the weights of luminance
    share = min(0.42, 0.24 / darkness)
    parts = (round(255 * (1 - share * (1 - part))) for part in (red, green, blue))
    return "#" + "".join(f"{part:02X}" for part in parts)
