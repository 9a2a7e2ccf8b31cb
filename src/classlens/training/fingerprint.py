"""The fingerprint of a run: all that decides its numbers, as JSON, for two to be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from classlens.data.dataset import Dataset
from classlens.errors import short
from classlens.training.prepare import Job
from classlens.training.task import Start, Task

DATA = "the data"
_WEIGHTS, _START = "the sample weights", "the run that it resumes"
# How each of them differs.
_DIGESTS = {DATA: "differ", _WEIGHTS: "differ", _START: "differs"}


def fingerprint(task: Task, data: Mapping[str, str]) -> dict[str, Any]:
    """What decides a run's numbers.

    Args:
        task: the run; its seeds are drawn.
        data: for ``DATA`` and the like, the digest of what is learned.
    """
    said: dict[str, Any] = {
        **vars(task.settings),
        "sizes": task.sizes,
        "activations": [(each.name, each.parameter) for each in task.activations],
        "class names": task.class_names,
        "feature names": task.feature_names,
    }
    plain: dict[str, Any] = json.loads(json.dumps(said, default=dict))
    return {**plain, **data, _START: _start(task.start)}


def digests(job: Job, unseen: Dataset | None = None) -> dict[str, str]:
    """What a run learns that has all its samples in memory.

    Args:
        job: the run.
        unseen: more samples that have to be the same.
    """
    parts = (job.training, job.validation, job.test, unseen)
    samples = [
        array for part in parts for array in ((np.empty(0),) if part is None else (part.X, part.y))
    ]
    return {DATA: digest(*samples), _WEIGHTS: digest(job.weight)}


def _start(start: Start | None) -> str | None:
    if start is None:
        return None
    layers = [array for layer in start.model.network.layers for array in layer.get_weights()]
    memory = [np.asarray(array) for array in jax.tree.leaves(start.memory)]
    return digest(np.array(start.epochs), *layers, *memory)


def digest(*arrays: Any) -> str:
    """The SHA-256 of arrays: their dtypes, shapes and numbers, in this order.

    Example:
        >>> digest(np.zeros(2))[:8] == digest(np.zeros((2, 1)))[:8]
        False
    """
    drawn = hashlib.sha256()
    for array in arrays:
        drawn.update(f"{array.dtype.str} {array.shape} ".encode())
        drawn.update(np.asarray(array, order="C").reshape(-1).view(np.uint8).data)
    return drawn.hexdigest()


def differences(there: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between the fingerprint in a file and the one of now, in words.

    Example:
        >>> differences({"epochs": 5, "the data": "ab"}, {"epochs": 6, "the data": "cd"})
        ['epochs: 5 there, 6 now', 'the data differ']
    """
    return [
        f"{name} {_DIGESTS[name]}"
        if name in _DIGESTS
        else f"{name}: {short(there.get(name))} there, {short(now.get(name))} now"
        for name in {**now, **there}
        if there.get(name) != now.get(name) or (name in there) != (name in now)
    ]
