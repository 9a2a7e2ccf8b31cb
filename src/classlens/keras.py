"""For people who come from Keras: ``fit`` trains a compiled model with our engine.

The model keeps its place: it is built and compiled with Keras, and afterwards has the weights and
what its optimizer remembers, as if ``model.fit`` had trained it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from classlens.errors import ArgumentError, DivergedError, Problems, short
from classlens.io.keras import samples
from classlens.io.keras.compiled import Compiled, compiled
from classlens.io.keras.trainable import Trainable, trainable
from classlens.kinds import Flag, Whole
from classlens.model import as_model
from classlens.settings import Settings
from classlens.training import loop
from classlens.training.prepare import prepare
from classlens.training.run import Run, trained
from classlens.training.slots import memory_of, slots_of
from classlens.training.standing import Progress
from classlens.training.task import Start

_BATCH = 32  # Keras's own default
_SILENT, _SOME, _EACH = 0, 1, 2
# So many lines tell of a training, however many epochs it has.
_LINES = 10


@dataclass(frozen=True, eq=False)
class History:
    """What ``fit`` gives back, as ``model.fit`` does.

    Attributes:
        history: a list of numbers for each metric, one an epoch.
        epoch: the epochs' numbers, counted from 0.
        params: ``epochs``, ``steps`` in each and ``verbose``.
        model: what was trained.
        run: the same training as a ``Run`` of ours, to explain and to draw, with every epoch; of
            the network behind the layers that only scale the samples.
    """

    history: dict[str, list[float]]
    epoch: list[int]
    params: dict[str, Any]
    model: Any
    run: Run


def fit(  # noqa: PLR0913, PLR0917 - the arguments of Keras's model.fit, in its order
    model: Any,
    x: ArrayLike,
    y: ArrayLike,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: int | str = "auto",
    callbacks: Any = None,
    validation_split: float = 0.0,
    validation_data: tuple[ArrayLike, ArrayLike] | None = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: ArrayLike | None = None,
    initial_epoch: int = 0,
    steps_per_epoch: None = None,
    validation_steps: None = None,
    validation_batch_size: int | None = None,
    validation_freq: int = 1,
    *,
    seed: int | None = None,
) -> History:
    """Train a compiled Keras model as ``model.fit`` would, on our engine.

    The weights begin where they are, and so does what the optimizer remembers; both are written
    back, also when Ctrl-C ends the training. Without shuffling the numbers are those of
    ``model.fit`` up to rounding; with it, the orders are ours.

    Args:
        model: a Sequential or functional model of Dense layers and activations, which may begin
            with Normalization, Rescaling and Flatten; compiled with Adam, SGD or RMSprop and a
            categorical cross-entropy. What acts in training only, such as dropout, is refused.
        x: samples, of the shape that the model takes.
        y: class indices, shape (samples,), or for CategoricalCrossentropy rows with a single 1.
        batch_size: samples in one update; 32 by default.
        epochs: the number of the last epoch.
        verbose: 0 for silence, 1 or ``"auto"`` for some lines, 2 for a line an epoch.
        callbacks: not supported: epochs are not handed to Python one by one.
        validation_split: the share of the samples, from the end, that is watched and not learned.
        validation_data: samples to watch, in place of it.
        shuffle: draw a new order every epoch.
        class_weight: how much a sample of each class counts in the loss; 1 where none is given.
        sample_weight: how much each sample counts.
        initial_epoch: how many epochs went before.
        steps_per_epoch: not supported, like validation_steps and validation_freq: an epoch is all
            samples, and each one ends with a look at those that are watched.
        validation_steps: see there.
        validation_batch_size: of no consequence.
        validation_freq: see steps_per_epoch.
        seed: decides the orders; by default a new one.

    Returns:
        A ``History``, which is also ``model.history``.

    Raises:
        ArgumentError: if an argument is not allowed, or the model is not trained so here; all that
            stands against it is named.
        DataError: if the samples cannot be used.
        DivergedError: if the loss or a weight stops being finite; the last finite weights are kept.

    Example:
        >>> import classlens.keras, keras
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4)])
        >>> model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        >>> X, y = [[0.0, 1.0], [1.0, 0.0]], [0, 3]
        >>> sorted(classlens.keras.fit(model, X, y, epochs=2, verbose=0).history)
        ['loss']
    """
    del validation_batch_size
    _refuse(callbacks, steps_per_epoch, validation_steps, validation_freq)
    said, own = compiled(model), trainable(model)
    _check_output(said, own)
    settings = _settings(said, own, batch_size, epochs, initial_epoch, shuffle, seed)
    lines = _lines(verbose)
    whole = samples.dataset(x, y, said, own)
    weight = samples.weights(whole.y, class_weight, sample_weight)
    rows = samples.split(validation_split, len(whole), validation_data)
    training, watched = whole, None
    if rows < len(whole):
        training, watched = whole.take(np.arange(rows)), whole.take(np.arange(rows, len(whole)))
        weight = None if weight is None else weight[:rows]
    elif validation_data is not None:
        watched = samples.watched(validation_data, said, own)
    job = prepare(
        training,
        settings,
        validation_data=watched,
        sample_weight=weight,
        start=Start(as_model(own.network), _remembered(model, settings, own), 0),
    )
    steps = -(-len(training) // settings.batch_size)
    tell = None if lines == _SILENT else _teller(lines, initial_epoch, epochs)
    try:
        run = trained(job, loop.Trainer(job), tell)
    except DivergedError as error:
        if isinstance(error.run, Run):
            _write_weights(own, error.run)
        raise
    _write_weights(own, run)
    _write_memory(model, settings, run, steps * len(run.history))
    params = {"verbose": lines, "epochs": epochs, "steps": steps}
    found = _history(model, run, said, initial_epoch, params)
    model.history = found
    if run.ending == "interrupted":
        raise KeyboardInterrupt
    return found


def _refuse(callbacks: Any, steps: Any, validation_steps: Any, frequency: Any) -> None:
    problems = Problems()
    if callbacks is not None and not (isinstance(callbacks, list | tuple) and not callbacks):
        problems.add(
            f"callbacks are not called by this training. Got {short(callbacks)} instead of None. "
            "Leave them out, or train with model.fit; to stop early, classlens.fit has patience."
        )
    for name, value in {"steps_per_epoch": steps, "validation_steps": validation_steps}.items():
        if value is not None:
            problems.add(f"{name} must be None: an epoch is all samples. Got {short(value)}.")
    if frequency != 1:
        problems.add(f"validation_freq must be 1. Got {short(frequency)} instead.")
    problems.raise_if_any(ArgumentError)


def _check_output(said: Compiled, own: Trainable) -> None:
    if said.from_logits != own.logits:
        wanted, got = ("logits", "a softmax") if said.from_logits else ("probabilities", "logits")
        raise ArgumentError(
            f"the loss takes {wanted}, and the model ends in {got}. Compile it with "
            f"from_logits={own.logits}."
        )


def _settings(
    said: Compiled,
    own: Trainable,
    batch_size: int | None,
    epochs: int,
    initial_epoch: int,
    shuffle: bool,
    seed: int | None,
) -> Settings:
    before = Whole(0).check("initial_epoch", initial_epoch)
    count = Whole(1).check("epochs", epochs) - before
    if count < 1:
        raise ArgumentError(f"epochs must be beyond initial_epoch, {before}. Got {epochs} instead.")
    hidden = own.network.layers[:-1]
    return Settings(
        hidden=tuple(layer.units for layer in hidden),
        activation=tuple(str(layer.activation) for layer in hidden) or ("relu",),
        batch_size=_BATCH if batch_size is None else batch_size,
        epochs=count,
        shuffle=Flag().check("shuffle", shuffle),
        seed=seed,
        **said.options,
    )


def _lines(verbose: int | str) -> int:
    if verbose == "auto":
        return _SOME
    return Whole(0, 2).check("verbose", verbose)


def _variables(model: Any, slot: str) -> list[Any]:
    """The optimizer's variables of a slot, in the order of the weights."""
    return [each for each in model.optimizer.variables if each.path.endswith(f"_{slot}")]


def _remembered(model: Any, settings: Settings, own: Trainable) -> Any:
    """What the optimizer remembers of earlier trainings; None if there was none."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    updates = int(np.asarray(model.optimizer.iterations))
    if not updates:
        return None
    still = [np.zeros_like(each) for layer in own.layers for each in layer.get_weights()]
    slots = {}
    for name in ("momentum", "velocity"):
        found = [np.asarray(each) for each in _variables(model, name)] or still
        if [each.shape for each in found] != [each.shape for each in still]:
            raise ArgumentError(
                "the optimizer remembers steps of other weights. Compile the model anew."
            )
        slots[name] = found
    return memory_of(settings, slots, updates)


def _write_weights(own: Trainable, run: Run) -> None:
    """Give the model what was learned."""
    for layer, learned in zip(own.layers, run.network.layers, strict=True):
        layer.set_weights(learned.get_weights())


def _write_memory(model: Any, settings: Settings, run: Run, updates: int) -> None:
    """Give the optimizer what ours remembers, for ``model.fit`` or ``fit`` to go on with."""
    for name, arrays in slots_of(settings, run.memory).items():
        variables = _variables(model, name)  # none where there is no momentum
        for variable, array in zip(variables, arrays[: len(variables)], strict=True):
            variable.assign(array)
    model.optimizer.iterations.assign(int(np.asarray(model.optimizer.iterations)) + updates)


def _history(model: Any, run: Run, said: Compiled, before: int, params: dict[str, Any]) -> History:
    course = run.history
    named: dict[str, Any] = dict.fromkeys(said.accuracies, course.accuracy)
    named["loss"] = course.loss
    if course.val_loss is not None:
        named |= {f"val_{name}": course.val_accuracy for name in said.accuracies}
        named["val_loss"] = course.val_loss
    numbers = {name: [float(value) for value in values] for name, values in named.items()}
    epoch = [before + number for number in range(len(course))]
    return History(numbers, epoch, params, model, run)


def _teller(lines: int, before: int, epochs: int) -> Callable[[Progress], None]:
    """Prints how the training goes on."""
    every = 1 if lines == _EACH else max(1, (epochs - before) // _LINES)
    told = before

    def tell(progress: Progress) -> None:
        nonlocal told
        for metrics in progress.news:
            told += 1
            if told == epochs or (told - before) % every == 0:
                names = ("loss", "accuracy", "val_loss", "val_accuracy")
                pairs = zip(names, metrics, strict=False)
                text = " - ".join(f"{name}: {value:.4f}" for name, value in pairs)
                print(f"Epoch {told}/{epochs} - {text}")

    return tell
