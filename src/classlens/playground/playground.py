"""Playground: answers what one live page asks for, and remembers what it may ask for again."""

from __future__ import annotations

import base64
import contextlib
import logging
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from classlens.analysis.unit_facts import dead_share, dead_units
from classlens.analysis.verdicts import judge, last_drop
from classlens.errors import ArgumentError, ClasslensError, DivergedError, one_of, short
from classlens.kinds import Flag, Whole
from classlens.measures import confusion
from classlens.playground.code import TableSource, code
from classlens.playground.recipe import FILE, GIVEN, Recipe, mapping
from classlens.playground.shown import shown, slice_of
from classlens.playground.tables import Tables
from classlens.playground.trial import Edit, Given, Trial, carried_out
from classlens.playground.watching import MOST_SECONDS, Emit, Event, Gone, StoppedError, watcher
from classlens.report import report_html
from classlens.tabular.preparing import Prepared
from classlens.view.subject import WindowLike

_LOG = logging.getLogger(__name__)

# So many trials are remembered: the one that is looked at, and those that undo goes back to.
_REMEMBERED = 6
_MOST_SEEDS = 100
# Seconds between two glances at whether somebody who waits has gone.
_GLANCE = 0.1
# A unit that is switched off counts as one whose outgoing weights are 0, as many as the next layer
# has units.


@dataclass(frozen=True, eq=False)
class _Running:
    """A training that goes on.

    Attributes:
        stop: set when what was learned until now is enough.
        future: what comes of it.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    future: Future[Trial] = field(default_factory=Future)

    def result(self, gone: Gone) -> Trial:
        """What comes of it, for somebody else who waits for the same."""
        while not gone():
            with contextlib.suppress(TimeoutError):
                return self.future.result(_GLANCE)
        raise StoppedError


class Playground:
    """One page's conversation.

    Args:
        given: the samples or the table that the page was opened with.
        name: what they are called.
        reading: how the table was read, as arguments of ``read_table``.

    Example:
        >>> events = []
        >>> request = {"do": "train", "recipe": {"data": {"source": "blobs"}}}
        >>> Playground().answer(request, events.append)
        >>> events[-1]["event"], events[-1]["payload"]["shown"]
        ('trained', 200)
    """

    def __init__(
        self,
        given: Given | None = None,
        *,
        name: str = "",
        reading: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._given = given
        self._name = name
        self._reading = reading
        self._tables = Tables()
        self._trials: OrderedDict[str, Trial] = OrderedDict()
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def answer(self, request: object, emit: Emit, gone: Gone = lambda: False) -> None:
        """Do what a request asks for; what comes of it, an error included, is emitted.

        Args:
            request: an object whose ``do`` is a key of ``ACTIONS``.
            emit: called with each event, in this thread.
            gone: whether nobody waits for the answer any more; the work then ends.
        """
        try:
            parts = mapping(request, "request", None)
            action = _action(parts.pop("do", None))
            action(self, parts, emit, gone)
        except StoppedError:
            pass
        except ClasslensError as error:
            emit({"event": "error", "message": str(error)})
        except Exception as error:  # a mistake of ours: the page says so, and goes on
            _LOG.error("a request failed, %s", short(error))
            emit({"event": "error", "message": f"this should not have happened: {short(error)}"})

    def train(self, parts: Event, emit: Emit, gone: Gone) -> None:
        """Carry a recipe out: news while it takes long, then ``trained`` with a payload.

        ``anew``, what was stopped is not what is asked for.
        """
        mapping(parts, "train", ("recipe", "window", "anew"))
        recipe = Recipe.of(parts.get("recipe"))
        window = parts.get("window")
        anew = Flag().check("anew", parts.get("anew", False))
        trial = self._trial(recipe, emit, gone, window, anew=anew)
        emit({"event": "trained", "payload": trial.payload(window)})

    def stop(self, parts: Event, emit: Emit, _: Gone) -> None:
        """End the training that goes on; what it has learned is its answer."""
        mapping(parts, "stop", ())
        with self._lock:
            for running in self._running.values():
                running.stop.set()
        emit({"event": "stopped"})

    def look(self, parts: Event, emit: Emit, gone: Gone) -> None:
        """The exact lines and the words of one epoch, with weights changed by hand."""
        mapping(parts, "look", ("recipe", "epoch", "edits", "window", "slice"))
        recipe, epoch, edits = shown(parts)
        trial = self._trial(recipe, _nobody, gone)
        seen = trial.look(
            trial.run.epoch if epoch is None else epoch,
            edits,
            parts.get("window"),
            slice_of(parts.get("slice")),
        )
        emit({"event": "seen", **seen})

    def seeds(self, parts: Event, emit: Emit, gone: Gone) -> None:
        """Train with one seed after the other: ``seed`` for each, with how it ended."""
        mapping(parts, "seeds", ("recipe", "count"))
        recipe = Recipe.of(parts.get("recipe"))
        count = Whole(1, _MOST_SEEDS).check("count", parts.get("count", _MOST_SEEDS))
        deadline = time.monotonic() + MOST_SECONDS
        for seed in range(count):
            if gone() or time.monotonic() > deadline:
                return
            emit({"event": "seed", "seed": seed, **self._ended(recipe, seed, gone)})
        emit({"event": "seeds", "count": count})

    def table(self, parts: Event, emit: Emit, _: Gone) -> None:
        """Read a file that the page sends: its columns, and a name for it."""
        emit({"event": "table", **self._tables.read(parts)})

    def save(self, parts: Event, emit: Emit, gone: Gone) -> None:
        """A file of the model that is shown: itself, the code that makes it, or a report of it."""
        mapping(parts, "save", ("recipe", "epoch", "edits", "what"))
        recipe, epoch, edits = shown(parts)
        what = parts.get("what")
        if not isinstance(what, str) or what not in ("model", "code", "report"):
            raise ArgumentError(one_of("what", what, ["model", "code", "report"]))
        trial = self._trial(recipe, _nobody, gone)
        epoch = None if epoch == trial.run.epoch else epoch
        if what == "code":
            text = code(*_as_far(trial, epoch), edits, table=self._table(recipe))
            emit(_file("model.py", text.encode()))
        elif what == "report":
            emit(_file("report.html", self._report(trial, epoch, edits).encode()))
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.safetensors"
                trial.model(epoch, edits).save(path)
                emit(_file(path.name, path.read_bytes()))

    def _report(self, trial: Trial, epoch: int | None, edits: tuple[Edit, ...]) -> str:
        whole = epoch is None and not edits
        inputs = trial.recipe.inputs
        model = trial.run if whole else trial.model(epoch, edits)
        return report_html(model, trial.data, title="Classlens", inputs=inputs)

    def _table(self, recipe: Recipe) -> TableSource | None:
        source = self._source(recipe)
        if not isinstance(source, Prepared):
            return None
        encoding, key = source.encoding, recipe.arguments.get("table")
        missing = "impute" if any(each.missing for each in encoding.features) else "refuse"
        if key is None:
            return TableSource(self._name, encoding.target, missing, self._reading)
        return TableSource(self._tables.name(key), encoding.target, missing)

    def _trial(
        self,
        recipe: Recipe,
        emit: Emit,
        gone: Gone,
        window: WindowLike | None = None,
        *,
        anew: bool = False,
    ) -> Trial:
        """The recipe's trial: remembered, or carried out now."""
        key = recipe.key
        with self._lock:
            found = self._trials.get(key)
            if found is not None and not (anew and found.run.ending == "interrupted"):
                self._trials.move_to_end(key)
                return found
            others = self._running.get(key)
            own = self._running[key] = others or _Running()
        if others is not None:
            try:
                return others.result(gone)
            except StoppedError:  # who had asked for it first is gone, and that ended it
                if gone():
                    raise
                return self._trial(recipe, emit, gone, window, anew=anew)
        try:
            source = self._source(recipe)
            watch = watcher(recipe, source, window, emit, gone, own.stop)
            trial = _begun(carried_out(recipe, source, watch))
        except BaseException as error:
            self._forget(key)
            own.future.set_exception(error)
            raise
        # Others are told when they would find it remembered, or nobody at it.
        self.remember(trial)
        self._forget(key)
        own.future.set_result(trial)
        return trial

    def _forget(self, key: str) -> None:
        """A training does not go on any more."""
        with self._lock:
            del self._running[key]

    def remember(self, trial: Trial) -> None:
        """Keep what may be asked for again, in the place of what was asked for longest ago."""
        with self._lock:
            self._trials[trial.recipe.key] = trial
            while len(self._trials) > _REMEMBERED:
                self._trials.popitem(last=False)

    def _source(self, recipe: Recipe) -> Given | None:
        if recipe.source == FILE:
            target, missing = recipe.arguments.get("target"), recipe.arguments.get("missing")
            return self._tables.prepared(recipe.arguments.get("table"), target, missing)
        return self._given if recipe.source == GIVEN else None

    def _ended(self, recipe: Recipe, seed: int, gone: Gone) -> Event:
        """How a training with another seed ends."""
        other, source = recipe.with_seed(seed), self._source(recipe)
        watch = watcher(other, source, None, _nobody, gone, threading.Event())
        try:
            trial = carried_out(other, source, watch)
        except DivergedError:
            return {"word": "diverged", "accuracy": None, "loss": None}
        data, network = trial.samples, trial.run.network
        score = network.evaluate(data.X, data.y)
        verdict = judge(
            confusion(data.y, network.predict(data.X), len(network.classes)),
            score.loss,
            dead_share=dead_share(network, dead_units(network, data.X)),
            last_drop=last_drop(trial.run.history.loss),
        )
        return {"word": verdict.word, "accuracy": score.accuracy, "loss": score.loss}


def _begun(trial: Trial) -> Trial:
    """The trial, if it has anything to show."""
    if not len(trial.run.history):
        raise ArgumentError(
            "the training was stopped before its first epoch had ended. There is nothing to show."
        )
    return trial


def _nobody(_: Event) -> None:
    """Nobody is told."""


Action = Callable[[Playground, Event, Emit, Gone], None]
ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "train": Playground.train,
        "stop": Playground.stop,
        "look": Playground.look,
        "seeds": Playground.seeds,
        "table": Playground.table,
        "save": Playground.save,
    }
)


def _action(word: object) -> Action:
    if not isinstance(word, str) or word not in ACTIONS:
        raise ArgumentError(one_of("do", word, list(ACTIONS)))
    return ACTIONS[word]


def _as_far(trial: Trial, epoch: int | None) -> tuple[Recipe, int | None]:
    """A recipe that trains as far as a trial came which was stopped, and the epoch of it."""
    recipe, run = trial.recipe, trial.run
    if run.ending != "interrupted":
        return recipe, epoch
    if recipe.settings.schedule != "constant":  # with fewer epochs it would be another schedule
        return recipe, run.epoch if epoch is None else epoch
    return replace(recipe, settings=replace(recipe.settings, epochs=len(run.history))), epoch


def _file(name: str, content: bytes) -> Event:
    return {"event": "file", "name": name, "content": base64.b64encode(content).decode()}
