"""Which networks a gallery shows, against the sweep's table."""

from __future__ import annotations

import numpy as np
import pytest

import classlens as cl
from classlens.survey import gallery as module
from classlens.survey.gallery import typical
from classlens.survey.tally import Tally


@pytest.fixture(scope="module")
def survey() -> cl.Survey:
    return cl.sweep(seeds=150, grid={"hidden": [2, 3], "learning_rate": [0.01, 1e29]}, epochs=60)


def test_endings_and_their_first_networks(survey: cl.Survey) -> None:
    assert survey.table is not None
    rows = survey.table.to_pylist()
    shown = typical(survey.tally)
    assert len(shown) <= 8
    kinds: dict[str, list[int]] = {}
    for row in rows:
        pairs = None if row["verdict"] == "diverged" else row["merged"]
        title = row["verdict"] + ("" if pairs is None else f": {pairs.replace('; ', ', ')}")
        kinds.setdefault(title, []).append(row["network"])
    for each in shown[:6]:
        assert each.network == kinds[each.title][0]
        assert each.lines == (f"{len(kinds[each.title])} of 600 networks",)
    counts = [len(kinds[each.title]) for each in shown[:6]]
    assert counts == sorted(counts, reverse=True)
    assert max(map(len, kinds.values())) == counts[0]
    told = {each.title.split(":")[0] for each in shown[:6]}
    assert told == {row["verdict"] for row in rows}
    best, *_ = (each for each in shown if each.title == "the lowest loss")
    assert rows[best.network]["loss"] == min(
        row["loss"] for row in rows if not np.isnan(row["loss"])
    )


def test_the_networks_are_trained_again(survey: cl.Survey) -> None:
    assert survey.table is not None
    rows = survey.table.to_pylist()
    display = survey.gallery()
    for each, exhibit in zip(typical(survey.tally), display.exhibits, strict=True):
        row = rows[each.network]
        share = float((exhibit.predicted == survey.data.y).mean())
        if row["verdict"] == "diverged":
            assert exhibit.lines[1] == f"network {each.network}: its weights overflowed"
            assert exhibit.territories is None
        else:
            assert share == row["accuracy"]
            assert exhibit.lines[1] == f"network {each.network}: {share:.1%} right"
            assert exhibit.territories is not None


def test_of_large_networks_the_samples_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_UNITS", 1)
    display = cl.sweep(seeds=3, epochs=2).gallery()
    assert {each.territories for each in display.exhibits} == {None}


def test_more_features_than_two() -> None:
    data = cl.Dataset([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] * 4, [0, 1] * 4)
    survey = cl.sweep(data, seeds=2, epochs=1)
    with pytest.raises(cl.DataError, match=r"the plane of 2 features. Got data of 3 instead."):
        survey.gallery()


def test_of_none() -> None:
    assert typical(Tally((), [()], 1)) == []
