"""Classlens trains a multi-class neural network in a blink and opens it up.

The public names are loaded when they are first used, so that ``import classlens`` costs nothing:
no JAX, no matplotlib.

Example:
    >>> import classlens as cl
    >>> cl.blobs().class_names
    ('c0', 'c1', 'c2', 'c3')
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from classlens._version import __version__

if TYPE_CHECKING:
    from classlens import plot
    from classlens.activations import Activation
    from classlens.analysis.example import path
    from classlens.analysis.geometry import regions
    from classlens.analysis.slices import Slice
    from classlens.analysis.unit_facts import units
    from classlens.data.dataset import Dataset
    from classlens.data.shipped import load
    from classlens.data.tables.reading import read_table
    from classlens.data.tables.table import Table
    from classlens.data.toys import blobs, checkerboard, pinwheel, rings, spirals
    from classlens.errors import (
        ArgumentError,
        ClasslensError,
        DataError,
        DivergedError,
        FalseFindingError,
        MissingLibraryError,
        ModelFileError,
        NotFittedError,
        OutputError,
        ProcessesError,
        TableError,
    )
    from classlens.estimator import NeuralClassifier
    from classlens.explanation.account import Explanation, explain, explain_example
    from classlens.explanation.audit import verify
    from classlens.layer import Layer
    from classlens.measures import Measures
    from classlens.model import Model, as_model
    from classlens.network import Network
    from classlens.report import write_report
    from classlens.settings import Settings
    from classlens.survey.sweeping import Survey, sweep
    from classlens.tabular.judging import evaluate, predict, samples_of
    from classlens.tabular.learning import Trained, train
    from classlens.tabular.streaming import Streamed, train_from_disk
    from classlens.training.checkpoint import Checkpoint
    from classlens.training.history import History
    from classlens.training.run import Run, fit

# Where each public name lives. The empty word stands for a module of the package.
_HOMES = {
    "Activation": "activations",
    "ArgumentError": "errors",
    "ClasslensError": "errors",
    "Checkpoint": "training.checkpoint",
    "DataError": "errors",
    "Dataset": "data.dataset",
    "DivergedError": "errors",
    "Explanation": "explanation.account",
    "FalseFindingError": "errors",
    "History": "training.history",
    "Layer": "layer",
    "Measures": "measures",
    "MissingLibraryError": "errors",
    "Model": "model",
    "ModelFileError": "errors",
    "Network": "network",
    "NeuralClassifier": "estimator",
    "NotFittedError": "errors",
    "OutputError": "errors",
    "ProcessesError": "errors",
    "Run": "training.run",
    "Settings": "settings",
    "Slice": "analysis.slices",
    "Streamed": "tabular.streaming",
    "Survey": "survey.sweeping",
    "Table": "data.tables.table",
    "TableError": "errors",
    "Trained": "tabular.learning",
    "as_model": "model",
    "blobs": "data.toys",
    "checkerboard": "data.toys",
    "evaluate": "tabular.judging",
    "explain": "explanation.account",
    "explain_example": "explanation.account",
    "fit": "training.run",
    "load": "data.shipped",
    "path": "analysis.example",
    "pinwheel": "data.toys",
    "plot": "",
    "predict": "tabular.judging",
    "read_table": "data.tables.reading",
    "regions": "analysis.geometry",
    "rings": "data.toys",
    "samples_of": "tabular.judging",
    "spirals": "data.toys",
    "sweep": "survey.sweeping",
    "train": "tabular.learning",
    "train_from_disk": "tabular.streaming",
    "units": "analysis.unit_facts",
    "verify": "explanation.audit",
    "write_report": "report",
}

__all__ = [
    "Activation",
    "ArgumentError",
    "Checkpoint",
    "ClasslensError",
    "DataError",
    "Dataset",
    "DivergedError",
    "Explanation",
    "FalseFindingError",
    "History",
    "Layer",
    "Measures",
    "MissingLibraryError",
    "Model",
    "ModelFileError",
    "Network",
    "NeuralClassifier",
    "NotFittedError",
    "OutputError",
    "ProcessesError",
    "Run",
    "Settings",
    "Slice",
    "Streamed",
    "Survey",
    "Table",
    "TableError",
    "Trained",
    "__version__",
    "as_model",
    "blobs",
    "checkerboard",
    "evaluate",
    "explain",
    "explain_example",
    "fit",
    "load",
    "path",
    "pinwheel",
    "plot",
    "predict",
    "read_table",
    "regions",
    "rings",
    "samples_of",
    "spirals",
    "sweep",
    "train",
    "train_from_disk",
    "units",
    "verify",
    "write_report",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'classlens' has no attribute {name!r}")
    if not home:
        return importlib.import_module(f"classlens.{name}")
    value = getattr(importlib.import_module(f"classlens.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
