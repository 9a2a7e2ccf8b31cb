"""Width, batch size, epochs and weight decay that suit a table, where nothing else is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from classlens.settings import Settings

# What suits tables in general, where the table of settings has the lab's defaults. None stands for
# what ``suited`` chooses. Measured on small tables: docs/decisions/0006.
SUITING: Mapping[str, Any] = MappingProxyType(
    {
        "hidden": None,
        "optimizer": "adamw",
        "learning_rate": 0.003,
        "schedule": "cosine",
        "epochs": None,
        "batch_size": None,
        "weight_decay": None,
        "validation_fraction": None,
        "history_megabytes": 4.0,
    }
)

# What suits a table of which nobody else holds a part out: a fifth only scores, and a fifth of the
# rest is watched to decide when to stop.
SUITING_TABLES: Mapping[str, Any] = MappingProxyType(
    {**SUITING, "test_fraction": 0.2, "validation_fraction": 0.16, "patience": 30}
)

# From so many samples on, the first hidden layer has so many units, and the second half of them.
# Steps, and not a formula: another width is another program to compile.
_WIDTHS = ((0, 100), (500, 128), (1_000, 192), (2_000, 256))
# From so many samples on, a batch has so many of them.
_BATCHES = ((0, 32), (4_000, 128))

# Epochs of most tables; fewer for a large one, which learns as much in one, more for a small one.
_EPOCHS, _LEAST_EPOCHS = 100, 10
_LEAST_UPDATES = 500
_MOST_SAMPLES = 4_000_000

_DECAY = 50.0

# From so many samples on, and with so many of each class, a part is watched to decide when to stop:
# of noisy labels a large network learns by heart what does not come again.
_WATCHED, _ENOUGH, _ENOUGH_EACH = 0.1, 2_000, 10
_PATIENCE = 10


def suited(
    options: Mapping[str, Any], *, samples: int, copies: float, smallest: int = 0
) -> Settings:
    """Settings from options, of which those may be None that depend on how many samples there are.

    ``hidden`` and ``batch_size`` grow with the samples. Of ``epochs`` there are 100; more for a
    table so small that they would not make 500 updates, and fewer, but at least 10, for one so
    large that they would take 4,000,000 samples. ``weight_decay`` is adamw's alone,
    50 / sqrt(samples): the fewer samples, the less each weight is known (Loshchilov and Hutter,
    2019, section 4 and appendix B.1, derive the root). ``validation_fraction`` is a tenth from
    2,000 samples on, with a patience of 10 where none is said, and where a patience is said.

    Args:
        options: rows of the table of settings.
        samples: how many an epoch has.
        copies: how many samples they stand for, where they have been merged.
        smallest: how many samples the smallest class has.

    Raises:
        ArgumentError: if an option is not allowed.

    Example:
        >>> small = suited({"hidden": None, "epochs": None}, samples=40, copies=40)
        >>> small.hidden, small.epochs
        ((100, 50), 250)
    """
    open_ = {name for name in SUITING if name in options and options[name] is None}
    said = {name: value for name, value in options.items() if name not in open_}
    settings = Settings.of(said)  # refuses what is not allowed, before it is reckoned with
    chosen: dict[str, Any] = {}
    if "hidden" in open_:
        width = _step(_WIDTHS, samples)
        chosen["hidden"] = (width, width // 2)
    if "batch_size" in open_:
        chosen["batch_size"] = _step(_BATCHES, samples)
    if "epochs" in open_:
        updates = math.ceil(samples / chosen.get("batch_size", settings.batch_size))
        fewer = max(_LEAST_EPOCHS, math.ceil(_MOST_SAMPLES / samples))
        chosen["epochs"] = max(min(_EPOCHS, fewer), math.ceil(_LEAST_UPDATES / updates))
    if "weight_decay" in open_ and settings.optimizer == "adamw":
        chosen["weight_decay"] = _DECAY / math.sqrt(max(samples, copies))
    if "validation_fraction" in open_:
        patience = said.get("patience")
        enough = samples >= _ENOUGH and smallest >= _ENOUGH_EACH
        if enough or patience is not None:
            chosen["validation_fraction"] = _WATCHED
            chosen["patience"] = _PATIENCE if patience is None else patience
    return Settings.of({**said, **chosen})


def _step(steps: tuple[tuple[int, int], ...], samples: int) -> int:
    return max(value for least, value in steps if samples >= least)
