"""Epochs and weight decay that suit a table, where nothing else is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from classlens.settings import Settings

# What suits tables in general, where the table of settings has the lab's defaults. None stands for
# what ``suited`` chooses. Measured on small tables: docs/decisions/0006.
SUITING: Mapping[str, Any] = MappingProxyType(
    {
        "hidden": (100, 50),
        "optimizer": "adamw",
        "learning_rate": 0.003,
        "schedule": "cosine",
        "epochs": None,
        "weight_decay": None,
        "history_megabytes": 4.0,
    }
)
# What suits a table of which nobody else holds a part out: a fifth only scores, and a fifth of the
# rest is watched to decide when to stop.
SUITING_TABLES: Mapping[str, Any] = MappingProxyType(
    {**SUITING, "test_fraction": 0.2, "validation_fraction": 0.16, "patience": 30}
)
_EPOCHS = 100
_LEAST_UPDATES = 500
_DECAY = 50.0


def suited(options: Mapping[str, Any], *, samples: int, copies: float) -> Settings:
    """Settings from options of which ``epochs`` and ``weight_decay`` may be None.

    Of epochs there are 100, and more for a table so small that they would not make 500 updates.
    The decay is adamw's alone, 50 / sqrt(samples): the fewer samples, the less each weight is known
    (Loshchilov and Hutter, 2019, section 4 and appendix B.1, derive the root).

    Args:
        options: rows of the table of settings.
        samples: how many an epoch has.
        copies: how many samples they stand for, where they have been merged.

    Raises:
        ArgumentError: if an option is not allowed.

    Example:
        >>> small = suited({"epochs": None, "weight_decay": None}, samples=40, copies=40)
        >>> small.epochs, small.weight_decay
        (250, 0.0)
    """
    chosen = {"epochs": 1, "weight_decay": 0.0}
    open_ = [name for name in chosen if options[name] is None]
    settings = Settings.of({**options, **{name: chosen[name] for name in open_}})
    if "epochs" in open_:
        updates = math.ceil(samples / settings.batch_size)
        settings = replace(settings, epochs=max(_EPOCHS, math.ceil(_LEAST_UPDATES / updates)))
    if "weight_decay" in open_ and settings.optimizer == "adamw":
        settings = replace(settings, weight_decay=_DECAY / math.sqrt(max(samples, copies)))
    return settings
