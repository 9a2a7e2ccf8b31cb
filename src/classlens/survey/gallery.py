"""The typical endings of a sweep: which networks stand for them, and what these have learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classlens.analysis.geometry import regions
from classlens.analysis.planes import Window
from classlens.analysis.territories import territories
from classlens.analysis.verdicts import told_epochs
from classlens.data.dataset import Dataset
from classlens.errors import DataError
from classlens.network import Network
from classlens.survey.mergers import names_in, pairs_in
from classlens.survey.plan import Plan
from classlens.survey.tally import Ended, Extreme, Tally
from classlens.training.many import grow

if TYPE_CHECKING:
    from classlens.view.displays.gallery import Exhibit, GalleryDisplay

# Kinds of ending that are shown, beside the best network and the worst.
_KINDS = 6
# The regions of a larger network take seconds: of it the samples are shown alone.
_MOST_UNITS = 200
# Grid points along each side of a panel for the shades of the regions.
_SHADES = 61


class Typical(NamedTuple):
    """A network that stands for others.

    Attributes:
        title: what for.
        lines: more about that.
        network: its number.
    """

    title: str
    lines: tuple[str, ...]
    network: int


def typical(tally: Tally) -> list[Typical]:
    """The first network of each of the most frequent endings, then the best and the worst.

    An ending is a verdict with the classes that are merged.
    """
    kinds: dict[tuple[str, str | None], Ended] = {}
    for count in tally.counts.values():
        for ending, ended in count.endings.items():
            kind = (ending.verdict, None if ending.verdict == "diverged" else ending.merged)
            kinds[kind] = kinds.get(kind, Ended()).joined(ended)
    total = sum(each.networks for each in kinds.values())
    ranked = sorted(kinds.items(), key=lambda each: (-each[1].networks, each[1].first))
    verdicts = [verdict for (verdict, _), _ in ranked]
    # The most frequent kind of each verdict comes before a second one of any.
    ahead = sorted(ranked, key=lambda each: verdicts.index(each[0][0]) != ranked.index(each))
    chosen = [
        Typical(_title(*kind), (f"{ended.networks:,} of {total:,} networks",), ended.first[0])
        for kind, ended in sorted(ahead[:_KINDS], key=ranked.index)
    ]
    best = min((count.best for count in tally.counts.values()), default=Extreme())
    worst = min((count.worst for count in tally.counts.values()), default=Extreme())
    for title, each in (("the lowest loss", best), ("the lowest accuracy", worst)):
        if each.network not in (-1, *(other.network for other in chosen)):
            chosen.append(Typical(title, (f"of {total:,} networks",), each.network))
    return chosen


def _title(verdict: str, merged: str | None) -> str:
    if merged is None:
        return verdict
    pairs = [" + ".join(names_in(pair)) for pair in pairs_in(merged)]
    return f"{verdict}: {', '.join(pairs)}"


def gallery(plan: Plan, data: Dataset, tally: Tally) -> GalleryDisplay:
    """A picture of the typical endings; their few networks are trained again.

    Raises:
        DataError: if the data is not of two features.
    """
    from classlens.view.displays.gallery import GalleryDisplay  # noqa: PLC0415 - matplotlib

    if data.features != 2:
        raise DataError(
            f"a gallery shows the plane of 2 features. Got data of {data.features} instead."
        )
    chosen = typical(tally)
    networks = dict(_networks(plan, data, sorted({each.network for each in chosen})))
    window = Window.around(data.X)
    exhibits = [_exhibit(each, networks, data, window) for each in chosen]
    names = f"{data.feature_names[0]} across, {data.feature_names[1]} up"
    note = (
        f"{names}; the first network of each of the most frequent endings, the best and the worst"
    )
    return GalleryDisplay(exhibits, data.X, data.y, window, data.class_names, note)


def _networks(
    plan: Plan, data: Dataset, numbers: list[int]
) -> Iterator[tuple[int, Network | None]]:
    """The networks of these numbers; None for one whose weights have overflowed."""
    for own, group in plan.groups_of(numbers):
        grown = grow(data, group, told=told_epochs(group.settings.epochs))
        for place, number in enumerate(own):
            arrays = [each[..., place] for each in grown.parameters]
            if not all(np.isfinite(each).all() for each in arrays):
                yield number, None
                continue
            yield (
                number,
                Network.from_arrays(
                    arrays[::2],
                    arrays[1::2],
                    activations=grown.activations,
                    classes=data.class_names,
                ),
            )


def _exhibit(
    each: Typical, networks: Mapping[int, Network | None], data: Dataset, window: Window
) -> Exhibit:
    from classlens.view.displays.gallery import Exhibit  # noqa: PLC0415 - matplotlib

    network = networks[each.network]
    if network is None:
        lines = (*each.lines, f"network {each.network}: its weights overflowed")
        return Exhibit(each.title, lines, None, np.full(len(data), -1))
    predicted = network.predict(data.X)
    share = float((predicted == data.y).mean())
    lines = (*each.lines, f"network {each.network}: {share:.1%} right")
    found = None
    if sum(layer.units for layer in network.layers[:-1]) <= _MOST_UNITS:
        found = territories(regions(network, window), resolution=_SHADES)
    return Exhibit(each.title, lines, found, predicted)
