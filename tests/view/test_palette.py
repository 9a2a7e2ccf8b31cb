"""The colours: apart for normal eyes and for those that lack a receptor, never without a marker."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from classlens.view import palette
from classlens.view.palette import COLOURS, MARKERS, look, rgb, tint

Floats = NDArray[np.float64]

# Machado, Oliveira and Fernandes 2009, severity 1, for linear light.
SIGHTS = {
    "normal": np.eye(3),
    "deuteranope": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanope": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def lab(colour: str, sight: str) -> Floats:
    """A colour's place in CIE Lab, as seen with the sight, under daylight (D65)."""
    coded = np.array(rgb(colour))
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(SIGHTS[sight] @ light, 0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def least_distance(colours: tuple[str, ...], sight: str) -> float:
    seen = [lab(colour, sight) for colour in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2))


def test_cie_lab_against_known_values() -> None:
    np.testing.assert_allclose(lab("#FFFFFF", "normal"), [100, 0, 0], atol=0.02)
    np.testing.assert_allclose(lab("#FF0000", "normal"), [53.24, 80.09, 67.20], atol=0.05)


# A distance of about 2 is just noticed side by side.
@pytest.mark.parametrize(
    ("count", "sight", "least"),
    [
        (4, "normal", 65),
        (4, "deuteranope", 33),
        (4, "protanope", 33),
        (8, "normal", 26),
        (8, "deuteranope", 16),
        (8, "protanope", 20),
        (20, "normal", 23),
        (20, "deuteranope", 11),
        (20, "protanope", 14),
    ],
)
def test_the_first_colours_are_apart(count: int, sight: str, least: float) -> None:
    assert least_distance(COLOURS[:count], sight) > least


# CIE Lab makes too much of blues and of strong colours; CIEDE2000 corrects it.
@pytest.mark.parametrize(("count", "least"), [(4, 17), (12, 11), (20, 9)])
def test_the_colours_are_apart_by_the_corrected_distance(count: int, least: float) -> None:
    pairs = itertools.combinations(COLOURS[:count], 2)
    assert min(least_corrected(one, other) for one, other in pairs) > least


def test_classes_that_share_a_marker_are_of_unlike_colours() -> None:
    for one, other in itertools.combinations(range(20), 2):
        if look(one).marker == look(other).marker:
            assert least_corrected(look(one).colour, look(other).colour) > 30


def least_corrected(one: str, other: str) -> float:
    return min(ciede2000(lab(one, sight), lab(other, sight)) for sight in SIGHTS)


def ciede2000(one: Floats, other: Floats) -> float:
    """The distance of two places in CIE Lab (Sharma, Wu and Dalal 2005)."""

    def share(chroma: float) -> float:
        return math.sqrt(chroma**7 / (chroma**7 + 25**7))

    grey = 1.5 - 0.5 * share((math.hypot(*one[1:]) + math.hypot(*other[1:])) / 2)
    (L1, a1, b1), (L2, a2, b2) = ((L, grey * a, b) for L, a, b in (one.tolist(), other.tolist()))
    C1, C2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if C1 * C2 else 0.0
    hue = h1 + turn / 2 if C1 * C2 else h1 + h2
    L, C, H = L2 - L1, C2 - C1, 2 * math.sqrt(C1 * C2) * math.sin(math.radians(turn / 2))
    middle, chroma = (L1 + L2) / 2 - 50, (C1 + C2) / 2
    waves = [(-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63)]
    T = 1 + sum(size * math.cos(math.radians(times * hue + by)) for size, times, by in waves)
    L /= 1 + 0.015 * middle**2 / math.sqrt(20 + middle**2)
    C /= 1 + 0.045 * chroma
    H /= 1 + 0.015 * chroma * T
    bend = 60 * math.exp(-((((hue - 275 + 180) % 360 - 180) / 25) ** 2))
    blue = -2 * share(chroma) * math.sin(math.radians(bend))
    return math.sqrt(L**2 + C**2 + H**2 + blue * C * H)


def test_the_corrected_distance_against_known_values() -> None:
    """Pairs 1, 7, 17 and 25 of the authors' table."""
    known = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for one, other, distance in known:
        assert ciede2000(np.array(one), np.array(other)) == pytest.approx(distance, abs=1e-4)


def test_no_four_of_the_first_eight_without_black_are_farther_apart() -> None:
    def apart(four: tuple[str, ...]) -> float:
        return min(least_distance(four, sight) for sight in SIGHTS)

    best = max(apart(four) for four in itertools.combinations(COLOURS[:7], 4))
    assert apart(COLOURS[:4]) == best


def test_colours_are_apart_from_white() -> None:
    assert min(least_distance((colour, "#FFFFFF"), "normal") for colour in COLOURS) > 20


def test_classes_that_look_alike_to_someone_have_unlike_markers() -> None:
    for one, other in itertools.combinations(range(20), 2):
        colours = (look(one).colour, look(other).colour)
        if min(least_distance(colours, sight) for sight in SIGHTS) < 18:
            assert look(one).marker != look(other).marker


def test_neighbours_differ_in_colour_and_marker() -> None:
    for index in range(60):
        assert look(index).colour != look(index + 1).colour
        assert look(index).marker != look(index + 1).marker


def test_220_classes_look_different() -> None:
    assert len({look(index) for index in range(220)}) == 220
    assert len(set(COLOURS)) == 20
    assert len(set(MARKERS)) == 11


def test_tints_are_light_and_of_similar_weight() -> None:
    lightness = [lab(tint(colour), "normal")[0] for colour in COLOURS]
    assert min(lightness) > 75
    assert max(lightness) < 97


@pytest.mark.parametrize("sight", SIGHTS)
def test_the_first_four_tints_are_apart(sight: str) -> None:
    assert least_distance(tuple(tint(colour) for colour in COLOURS[:4]), sight) > 9


def test_text_is_readable_on_white_and_on_tints() -> None:
    grounds = ["#FFFFFF", *(tint(colour) for colour in COLOURS)]
    assert min(contrast(palette.INK, ground) for ground in grounds) > 7
    assert contrast(palette.QUIET, "#FFFFFF") > 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of the accessibility guidelines (WCAG 2)."""

    def luminance(colour: str) -> float:
        coded = np.array(rgb(colour))
        light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
        return float(TO_XYZ[1] @ light)

    bright, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (bright + 0.05) / (dark + 0.05)
