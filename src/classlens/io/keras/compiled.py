"""What a Keras model was compiled with: optimizer, loss and metrics, as far as we train with them.

An option that we do not have is refused when it is not at its default: a training that is almost
the one that was asked for would be a surprise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from classlens.errors import ArgumentError, Problems, listed, short


@dataclass(frozen=True)
class Compiled:
    """What ``model.compile`` was told.

    Attributes:
        options: settings of ours: optimizer, learning_rate and momentum.
        sparse: whether labels are class indices, and not rows with a single 1.
        from_logits: whether the loss takes logits, and not probabilities.
        accuracies: what the metrics are called that are the accuracy.
    """

    options: dict[str, Any]
    sparse: bool
    from_logits: bool
    accuracies: tuple[str, ...]


# Per optimizer: our word, and what its other options must be, where we have no choice.
_OPTIMIZERS: Mapping[str, tuple[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "Adam": ("adam", {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False}),
        "SGD": ("sgd", {"nesterov": False}),
        "RMSprop": ("rmsprop", {"rho": 0.9, "epsilon": 1e-7, "centered": False}),
    }
)
_OF_ALL = MappingProxyType(
    {
        **dict.fromkeys(("clipnorm", "global_clipnorm", "clipvalue", "loss_scale_factor")),
        **dict.fromkeys(("weight_decay", "gradient_accumulation_steps")),
        "use_ema": False,
    }
)
_LOSSES = MappingProxyType(
    {
        "sparse_categorical_crossentropy": True,
        "SparseCategoricalCrossentropy": True,
        "categorical_crossentropy": False,
        "CategoricalCrossentropy": False,
    }
)
_OF_LOSSES = MappingProxyType(
    {"reduction": "sum_over_batch_size", "ignore_class": None, "label_smoothing": 0.0}
)
# A metric that is a word, and what Keras calls it in the history.
_WORDS = MappingProxyType(
    {
        "accuracy": "accuracy",
        "acc": "acc",
        "sparse_categorical_accuracy": "sparse_categorical_accuracy",
        "categorical_accuracy": "categorical_accuracy",
    }
)
_METRICS = {"Accuracy", "SparseCategoricalAccuracy", "CategoricalAccuracy"}


def compiled(model: Any) -> Compiled:
    """What the model was compiled with.

    Raises:
        ArgumentError: naming all that we do not train with.
    """
    said = model.get_compile_config() if getattr(model, "compiled", False) else None
    if not said:
        raise ArgumentError(
            "the model must be compiled, with an optimizer and a loss: model.compile(optimizer, "
            "loss). Or train ours: classlens.fit(...)."
        )
    problems = Problems()
    options = _optimizer(said.get("optimizer"), problems)
    sparse, from_logits = _loss(said.get("loss"), problems)
    accuracies = _accuracies(said, problems)
    for name in ("loss_weights", "weighted_metrics"):
        if said.get(name):
            problems.add(f"{name} is not used by this training. Compile the model without it.")
    problems.raise_if_any(ArgumentError)
    return Compiled(options, sparse, from_logits, accuracies)


def _entry(value: Any) -> tuple[str, Mapping[str, Any]]:
    """A class's name and its configuration; a word stands for one at its defaults."""
    if isinstance(value, Mapping):
        config = value.get("config")
        return str(value.get("class_name")), config if isinstance(config, Mapping) else {}
    return str(value), {}


def _check_options(
    name: str, config: Mapping[str, Any], fixed: Mapping[str, Any], problems: Problems
) -> None:
    for option, wanted in fixed.items():
        found = config.get(option, wanted)
        same = found == wanted
        if isinstance(wanted, float) and isinstance(found, int | float):
            same = abs(found - wanted) <= 1e-6 * wanted  # Keras keeps some as float32
        if not same:
            problems.add(f"{name}'s {option} must be {wanted}. Got {short(found)} instead.")


def _optimizer(value: Any, problems: Problems) -> dict[str, Any]:
    name, config = _entry(value)
    if name not in _OPTIMIZERS:
        problems.add(
            f"the optimizer must be one of {', '.join(_OPTIMIZERS)}, to be trained with here. Got "
            f"{short(name)} instead."
        )
        return {}
    word, fixed = _OPTIMIZERS[name]
    _check_options(name, config, {**fixed, **_OF_ALL}, problems)
    rate = config.get("learning_rate")
    if not isinstance(rate, int | float):
        problems.add(
            f"{name}'s learning_rate must be a number. Got {short(_entry(rate)[0])} instead: a "
            "schedule goes from one update to the next, and is Keras's own."
        )
        return {}
    return {"optimizer": word, "learning_rate": rate, "momentum": config.get("momentum", 0.0)}


def _loss(value: Any, problems: Problems) -> tuple[bool, bool]:
    name, config = _entry(value)
    if name not in _LOSSES:
        problems.add(
            "the loss must be SparseCategoricalCrossentropy or CategoricalCrossentropy, to be "
            f"trained with here. Got {short(name)} instead."
        )
        return True, True
    _check_options(name, config, _OF_LOSSES, problems)
    return _LOSSES[name], bool(config.get("from_logits", False))


def _accuracies(said: Mapping[str, Any], problems: Problems) -> tuple[str, ...]:
    names, wrong = [], []
    for metric in said.get("metrics") or ():
        name, config = _entry(metric)
        if name in _WORDS:
            names.append(_WORDS[name])
        elif name in _METRICS and isinstance(config.get("name"), str):
            names.append(config["name"])
        else:
            wrong.append(name)
    if wrong:
        problems.add(
            f"the metrics must be accuracies. Got {listed(wrong)} too: compile the model without, "
            "and reckon them from model.predict."
        )
    return tuple(names)
