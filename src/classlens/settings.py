"""One table of every training option: name, kind, default, range, help.

``Settings`` is the table: ``fit`` takes its fields as keywords, the command line makes its options
from them, and a model file records their values. A default is written here and nowhere else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from classlens.activations import Activation
from classlens.errors import ArgumentError, Problems, did_you_mean, short
from classlens.kinds import ActivationWords, ClassWeights, Flag, Kind, Number, Units, Whole, Word

OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop")
SCHEDULES = ("constant", "linear", "cosine", "exponential", "warmup_cosine")

# What runs in numbers of 64 bits, and what a run counts, stay within these.
_SEED = Whole(-(2**63), 2**63 - 1)
_COUNT = Whole(1, 1_000_000_000)
# float32, in which the training computes, makes 0 of much smaller numbers.
_RATE = Number(1e-30, 1e30)


@dataclass(frozen=True)
class Setting:
    """A row of the table.

    Attributes:
        kind: what its value may be.
        default: the value it has when nothing is said.
        help: what it does, one sentence.
        optional: whether None is allowed, and what None then means.
    """

    name: str
    kind: Kind
    default: Any
    help: str
    optional: str = ""

    @property
    def range(self) -> str:
        """What is allowed, in words."""
        return self.kind.range + (f", or None: {self.optional}" if self.optional else "")

    def check(self, value: Any) -> Any:
        """The value in its one form.

        Raises:
            ArgumentError: if it is not allowed; the message says what is.
        """
        if value is None and self.optional:
            return None
        return self.kind.check(self.name, value)

    def read(self, text: str) -> Any:
        """The value that the text of a command line stands for."""
        if self.optional and text.strip().lower() == "none":
            return None
        return self.check(self.kind.read(text))


def _row(kind: Kind, default: Any, help: str, optional: str = "") -> Any:  # noqa: A002
    return field(default=default, metadata={"kind": kind, "help": help, "optional": optional})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a network is built and trained. The defaults are the lab's.

    Raises:
        ArgumentError: naming every setting that is not allowed, what is, and the value met.

    Example:
        >>> Settings(epochs=100).epochs
        100
        >>> Settings(shuffle="x")
        Traceback (most recent call last):
        ...
        classlens.errors.ArgumentError: shuffle must be True or False. Got 'x' instead.
    """

    hidden: tuple[int, ...] = _row(Units(), (2,), "Units of each hidden layer.")
    activation: tuple[str, ...] = _row(
        ActivationWords(), ("relu",), "Activation of the hidden layers."
    )
    optimizer: str = _row(Word(OPTIMIZERS), "adam", "How gradients become updates.")
    learning_rate: float = _row(_RATE, 0.01, "Size of an update, at the schedule's peak.")
    schedule: str = _row(Word(SCHEDULES), "constant", "How the learning rate changes over the run.")
    momentum: float = _row(
        Number(0.0, 1.0), 0.0, "Share of the last update that sgd and rmsprop keep."
    )
    epochs: int = _row(_COUNT, 200, "Passes over the training samples.")
    batch_size: int = _row(_COUNT, 32, "Samples in one update.")
    shuffle: bool = _row(Flag(), True, "Draw a new order of the samples every epoch.")
    seed: int | None = _row(
        _SEED,
        1234,
        "Decides the initial kernels and the orders, as TensorFlow 2.8 draws them.",
        "a fresh one, which is recorded",
    )
    shuffle_seed: int | None = _row(
        _SEED, None, "Decides the orders and the held-out parts by itself.", "the same as seed"
    )
    weight_decay: float = _row(
        Number(0.0, 1e30), 0.0, "Pull of the kernels towards 0, in proportion to their size (L2)."
    )
    l1: float = _row(
        Number(0.0, 1e30), 0.0, "Pull of the kernels towards 0, the same for all sizes."
    )
    class_weight: str | Mapping[str, float] | None = _row(
        ClassWeights(), None, "How much a sample of each class counts in the loss.", "all alike"
    )
    validation_fraction: float = _row(
        Number(0.0, 1.0), 0.0, "Share of each class held out to watch the training."
    )
    test_fraction: float = _row(
        Number(0.0, 1.0), 0.0, "Share of each class held out for one score at the end."
    )
    patience: int | None = _row(
        _COUNT,
        None,
        "Epochs without a lower validation loss after which to stop and keep the best.",
        "train for all epochs",
    )
    min_delta: float = _row(
        Number(0.0), 0.0, "How much lower the validation loss must be to count as lower."
    )
    history_megabytes: float = _row(
        Number(0.0), 64.0, "Memory for the parameters of past epochs; over it they are thinned."
    )

    def __post_init__(self) -> None:
        problems = Problems()
        for name, setting in SETTINGS.items():
            try:
                object.__setattr__(self, name, setting.check(getattr(self, name)))
            except ArgumentError as error:
                problems.add(str(error))
        problems.raise_if_any(ArgumentError)
        if len(self.activation) not in (1, len(self.hidden)) and self.hidden:
            problems.add(
                f"activation must be one word, or one for each of the {len(self.hidden)} hidden "
                f"layers. Got {len(self.activation)} instead."
            )
        if self.validation_fraction + self.test_fraction >= 1:
            problems.add(
                "validation_fraction and test_fraction together must leave something to train on. "
                f"Got {self.validation_fraction:g} and {self.test_fraction:g} instead."
            )
        if self.momentum and self.optimizer not in ("sgd", "rmsprop"):
            problems.add(
                f"momentum is used by sgd and rmsprop only. Got {self.momentum:g} with optimizer "
                f"{self.optimizer!r} instead."
            )
        problems.raise_if_any(ArgumentError)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Settings:
        """Settings from their names and values.

        Raises:
            ArgumentError: as the constructor; an unknown name is answered with the nearest one.
        """
        if not isinstance(options, Mapping):
            raise ArgumentError(f"settings must be a mapping. Got {short(options)} instead.")
        unknown = [name for name in options if name not in SETTINGS]
        if unknown:
            raise ArgumentError(
                "\n".join(
                    f"there is no setting {short(name)}." + did_you_mean(name, SETTINGS)
                    for name in unknown
                )
            )
        return cls(**options)

    @property
    def hidden_activations(self) -> tuple[Activation, ...]:
        """One activation for each hidden layer."""
        words = self.activation * len(self.hidden) if len(self.activation) == 1 else self.activation
        return tuple(Activation.parse(word) for word in words[: len(self.hidden)])

    @property
    def order_seed(self) -> int | None:
        """The seed of the batch orders and of the held-out parts."""
        return self.seed if self.shuffle_seed is None else self.shuffle_seed


SETTINGS: Mapping[str, Setting] = {
    row.name: Setting(name=row.name, default=row.default, **row.metadata)
    for row in fields(Settings)
}

Function = TypeVar("Function", bound=Callable[..., Any])


def takes_settings(function: Function) -> Function:
    """Show every setting with its default in the signature of a function with ``**options``.

    ``help`` and editors that look at running code then offer the table's rows as keywords.
    """
    signature = inspect.signature(function)
    own = [
        each
        for each in signature.parameters.values()
        if each.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    rows = [
        inspect.Parameter(row.name, inspect.Parameter.KEYWORD_ONLY, default=row.default)
        for row in SETTINGS.values()
    ]
    function.__signature__ = signature.replace(parameters=own + rows)  # type: ignore[attr-defined]
    return function
