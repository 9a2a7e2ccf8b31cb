"""The tables that come with scikit-learn, which is loaded when one of them is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, MissingLibraryError, one_of


@dataclass(frozen=True)
class Shipped:
    """A row of the table of tables.

    Attributes:
        name: the word that stands for it; scikit-learn's function is ``load_`` and this word.
        help: what it holds, one sentence.
        image_shape: (height, width) when a sample is a picture, else None.
    """

    name: str
    help: str
    image_shape: tuple[int, int] | None = None


SHIPPED: Mapping[str, Shipped] = MappingProxyType(
    {
        row.name: row
        for row in (
            Shipped("iris", "150 irises of 3 species, by 4 measurements of their flowers."),
            Shipped("wine", "178 wines of 3 growers, by 13 measurements of what is in them."),
            Shipped("digits", "1797 handwritten digits, as pictures of 8 by 8 pixels.", (8, 8)),
            Shipped("breast_cancer", "569 tumours, malignant or benign, by 30 measurements."),
        )
    }
)


def load(name: str) -> Dataset:
    """A table that comes with scikit-learn, in its own units and with its own names.

    Args:
        name: ``iris`` (150 samples, 4 features, 3 classes), ``wine`` (178, 13, 3), ``digits``
            (1797, 64, 10; pictures of 8 by 8 pixels from 0 to 16) or ``breast_cancer``
            (569, 30, 2).

    Raises:
        ArgumentError: if there is no table of that name.
        MissingLibraryError: if scikit-learn is not installed.

    Example:
        >>> load("iris").class_names
        ('setosa', 'versicolor', 'virginica')
    """
    if not isinstance(name, str) or name not in SHIPPED:
        raise ArgumentError(one_of("name", name, list(SHIPPED)))
    try:
        library = importlib.import_module("sklearn.datasets")
    except ImportError as error:
        raise MissingLibraryError(
            f"the table {name!r} comes with scikit-learn, which cannot be imported ({error}). "
            "Install it with: pip install scikit-learn"
        ) from error
    table = getattr(library, f"load_{name}")()
    return Dataset(
        table.data,
        table.target,
        tuple(str(word) for word in table.target_names),
        tuple(str(word) for word in table.feature_names),
        SHIPPED[name].image_shape,
    )
