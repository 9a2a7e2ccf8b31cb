"""Two requests for the same training: what one of them does must not harm the other."""

from __future__ import annotations

import threading

from asking import Going

from classlens.playground.playground import Playground

LONG = {
    "data": {"source": "spirals", "samples": 5_000},
    "settings": {"hidden": [16], "epochs": 150},
}


def test_a_training_that_two_wait_for_outlives_the_first() -> None:
    """Two clicks in a row may ask for the same, and the first is given up for the second."""
    page, left = Playground(), threading.Event()
    first = Going(page, {"do": "train", "recipe": LONG}, left.is_set)
    first.wait()
    second = Going(page, {"do": "train", "recipe": LONG})
    left.set()
    assert [each["event"] for each in first.ended() if each["event"] != "progress"] == []
    last = second.ended()[-1]
    assert (last["event"], last["payload"]["shown"]) == ("trained", 150)
