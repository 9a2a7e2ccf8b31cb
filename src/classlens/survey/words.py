"""What a sweep has shown, in words: findings first, each of which can be counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from classlens.analysis.thresholds import threshold
from classlens.errors import FalseFindingError
from classlens.explanation.phrases import listed
from classlens.survey.mergers import names_in, pairs_in
from classlens.survey.tally import FEW, HIGH, LOW, Count, Tally

# Of more choices of settings only so many are told of: those that do best and worst.
_MOST_CHOICES = 8


@dataclass(frozen=True)
class Finding:
    """A fact about the networks of one choice of settings.

    Attributes:
        choice: the settings that the sweep varies, by name.
        networks: how many there are.
        high: how many have an accuracy of at least 99 %.
        low: how many have one under 80 %.
        such_as: the numbers of the first of these.
        merged: of those, in how many these classes are merged.
        which: the two classes most often merged, as the table's column ``merged`` has them; empty
            where there are none.
        dead: how many have a dead unit.
        diverged: how many have diverged.
    """

    choice: Mapping[str, Any]
    networks: int
    high: int
    low: int
    such_as: tuple[int, ...]
    merged: int
    which: str
    dead: int
    diverged: int

    @property
    def name(self) -> str:
        """The choice in words; empty where a sweep varies nothing but seeds."""
        return ", ".join(f"{_name(name)} {_value(value)}" for name, value in self.choice.items())


class Counted(NamedTuple):
    """Over which samples right and wrong are counted.

    Attributes:
        samples: all of them.
        held_out: how many of them each network did not learn from; None where the settings differ
            in that.
    """

    samples: int
    held_out: int | None

    def __str__(self) -> str:
        """That in a sentence; empty where nothing is held out."""
        if self.held_out == 0:
            return ""
        text = f"Right and wrong are counted over all {self.samples:,} samples, "
        if self.held_out is None:
            return text + "those included that a network held out."
        learned = self.samples - self.held_out
        return text + (
            f"of which each network held out {self.held_out:,} and learned from {learned:,}."
        )


def findings(tally: Tally) -> tuple[Finding, ...]:
    """One for each choice of settings."""
    return tuple(
        _finding(dict(zip(tally.varied, choice, strict=True)), count)
        for choice, count in tally.counts.items()
    )


def _finding(choice: Mapping[str, Any], count: Count) -> Finding:
    which, merged = "", 0
    if pairs := count.merged:
        # Of equally many the first in the alphabet, whatever the order of the rows.
        which, merged = min(pairs.items(), key=lambda item: (-item[1], item[0]))
    return Finding(
        choice=choice,
        networks=count.networks,
        high=count.high,
        low=count.low.networks,
        such_as=count.low.first,
        merged=merged,
        which=which,
        dead=count.dead,
        diverged=count.diverged,
    )


def words(found: Sequence[Finding]) -> str:
    """The findings in sentences, a line for each choice of settings, and what their words mean."""
    told = most_telling(found)
    lines = [_sentence(each) for each in told]
    if len(found) > len(told):
        left = len(found) - len(told)
        lines.insert(len(lines) // 2, f"({left:,} choices of settings lie between.)")
    meaning = ""
    if any(each.merged for each in told):
        meaning = (
            f"Merged: of one class at least {threshold('mixed'):.0%} of the examples are taken for "
            "the other. "
        )
    if any(each.dead for each in told):
        meaning += "Dead: the unit gives the same for all samples."
    return "\n".join([*lines, *filter(None, [meaning.strip()])])


def most_telling(found: Sequence[Finding]) -> list[Finding]:
    """All of a few findings; of more those of the settings that do best and worst, best first."""
    if len(found) <= _MOST_CHOICES:
        return list(found)
    ranked = sorted(found, key=lambda each: -each.high / each.networks)
    half = _MOST_CHOICES // 2
    return ranked[:half] + ranked[-half:]


def _sentence(found: Finding) -> str:
    named, n = found.name, found.networks
    noun = "seed" if n == 1 else "seeds"
    text = f"{found.high:,} of {n:,} {noun} reach{'es' if found.high == 1 else ''} {HIGH:.0%}"
    text = f"With {named}, {text}" if named else text
    if found.low:
        text += f"; {found.low:,} stay{'s' if found.low == 1 else ''} under {LOW:.0%}"
        networks = "network" if len(found.such_as) == 1 else "networks"
        such_as = "such as " if found.low > len(found.such_as) else ""
        text += f" ({such_as}{networks} {listed([str(each) for each in found.such_as])})"
        if found.merged:
            of = "and there" if found.merged == found.low else f"in {found.merged:,} of them"
            text += f", {of} {' and '.join(names_in(found.which))} are merged"
    if found.dead:
        text += f"; {found.dead:,} ha{'s' if found.dead == 1 else 've'} a dead unit"
    if found.diverged:
        text += f"; {found.diverged:,} diverged"
    return text + "."


def _name(setting: str) -> str:
    return {"hidden": "hidden layers of"}.get(setting, setting.replace("_", " "))


def _value(value: Any) -> str:
    if value in (None, ""):
        return "none"
    # Of numbers that were drawn the first digits tell enough.
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def verify(found: Sequence[Finding], rows: Iterable[pa.RecordBatch]) -> int:
    """Count every number of every finding again, row by row.

    Args:
        found: the findings.
        rows: the sweep's table, some rows at a time.

    Returns:
        How many rows there were.

    Raises:
        FalseFindingError: naming the first number that does not hold.
    """
    counts = [Counter[str]() for _ in found]
    lows = [list[int]() for _ in found]
    numbers = {tuple(each.choice.items()): number for number, each in enumerate(found)}
    total = 0
    for batch in rows:
        for row in batch.to_pylist():
            total += 1
            own = numbers.get(tuple((name, row[name]) for name in found[0].choice))
            if own is None:
                raise FalseFindingError(f"no finding is of network {row['network']}.")
            facts = _facts(row)
            counts[own].update(facts)
            if "low" in facts:
                lows[own].append(row["network"])
    for count, low, each in zip(counts, lows, found, strict=True):
        told: dict[str, Any] = {
            "networks": each.networks,
            "high": each.high,
            "low": each.low,
            "such_as": each.such_as,
            "dead": each.dead,
            "diverged": each.diverged,
        }
        if each.which:
            told[f"low {each.which}"] = each.merged
        for name, value in told.items():
            there = tuple(sorted(low)[:FEW]) if name == "such_as" else count[name]
            if there != value:
                raise FalseFindingError(
                    f"the finding on {dict(each.choice) or 'all networks'} says {name}: {value}; "
                    f"the table has {there}."
                )
    return total


def _facts(row: Mapping[str, Any]) -> list[str]:
    facts = ["networks"]
    if row["accuracy"] >= HIGH:
        facts.append("high")
    if row["accuracy"] < LOW:
        facts.append("low")
        if row["merged"] is not None:
            facts += [f"low {pair}" for pair in pairs_in(row["merged"])]
    if row["dead_units"] > 0:
        facts.append("dead")
    if row["verdict"] == "diverged":
        facts.append("diverged")
    return facts
