"""What happens while a training goes on: news for the page, and an end when nobody waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from classlens.network import Network
from classlens.playground.recipe import Recipe
from classlens.playground.trial import Given, Watch, samples_of
from classlens.tabular.preparing import Prepared
from classlens.training.standing import Progress
from classlens.view.payload import payload
from classlens.view.subject import WindowLike

Event = dict[str, Any]
Emit = Callable[[Event], None]
Gone = Callable[[], bool]

# A training may take so long, and gives what it has when it has taken longer.
MOST_SECONDS = 300.0
# Seconds between two pictures of a training that goes on, at least, and how many times as long as a
# picture takes the training has before the next one.
_PICTURES = 0.2
_TIMES = 3


class StoppedError(Exception):
    """Nobody waits for the answer any more."""


def watcher(
    recipe: Recipe,
    given: Given | None,
    window: WindowLike | None,
    emit: Emit,
    gone: Gone,
    stop: threading.Event,
) -> Watch:
    """What is called during a training.

    It emits ``progress``: the epoch, the metrics until then, and a few times a second a payload of
    the network as it is.

    Args:
        recipe: what is carried out.
        given: its table or samples.
        window: what the pictures show.
        emit: takes the events.
        gone: whether nobody waits any more; ``StoppedError`` then ends the training.
        stop: set when what was learned until now is enough.
    """
    started = time.monotonic()
    due = started + _PICTURES
    news: list[Any] = []

    def watch(progress: Progress, network: Callable[[], Network] | None) -> None:
        nonlocal due
        if gone():
            raise StoppedError
        now = time.monotonic()
        if stop.is_set() or now - started > MOST_SECONDS:
            raise KeyboardInterrupt  # ``fit`` gives what was learned until now
        news.append(progress.news)
        if progress.epoch == progress.epochs:
            return
        event = {
            "event": "progress",
            "epoch": progress.epoch,
            "epochs": progress.epochs,
            "done": progress.done,
        }
        if network is not None and now > due:
            event["payload"] = _payload(recipe, given, window, network(), progress.epoch, news)
            due = now + max(_PICTURES, (1 + _TIMES) * (time.monotonic() - now))
        emit(event)

    return watch


def _payload(
    recipe: Recipe,
    given: Given | None,
    window: WindowLike | None,
    network: Network,
    epoch: int,
    news: list[Any],
) -> Event:
    assert not isinstance(given, Prepared)  # noqa: S101 - of tables no networks are shown
    data = samples_of(recipe, given)
    made = payload(network, data, window=window, inputs=recipe.inputs, told=False)
    metrics = np.concatenate([each for each in news if len(each)] or [np.zeros((0, 2))])
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    columns = dict(zip(names, metrics.T.tolist(), strict=False))
    history = {"epoch": list(range(1, len(metrics) + 1)), **columns}
    pictures = {str(epoch): each for each in made["pictures"].values()}
    return {**made, "epochs": [epoch], "shown": epoch, "history": history, "pictures": pictures}
