"""Models and files of Keras, made once for all tests of this folder that want them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def model() -> Any:
    """With a layer of each kind that can be read."""
    from keras_models import everything  # Keras takes a second

    return everything()


@pytest.fixture(scope="session")
def saved(model: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model in each of Keras's formats."""
    folder = tmp_path_factory.mktemp("keras")
    for name in ("whole.keras", "whole.h5"):
        model.save(folder / name)
    model.save_weights(folder / "only.weights.h5")
    return folder
