"""The tables against scikit-learn's own, and what happens without it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn import datasets

from classlens.data.shipped import SHIPPED, load
from classlens.errors import ArgumentError, ClasslensError, MissingLibraryError

SHAPES = {"iris": (150, 4, 3), "wine": (178, 13, 3), "digits": (1797, 64, 10)} | {
    "breast_cancer": (569, 30, 2)
}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_table_is_scikit_learns(name: str) -> None:
    data = load(name)
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    np.testing.assert_array_equal(data.X, X.astype(np.float32))
    np.testing.assert_array_equal(data.y, y)
    assert (len(data), data.features, data.classes) == SHAPES[name]
    assert all(type(word) is str for word in data.class_names + data.feature_names)
    assert SHIPPED[name].name == name
    assert SHIPPED[name].help.startswith(str(len(data)))


def test_names_and_pictures() -> None:
    assert load("iris").class_names == ("setosa", "versicolor", "virginica")
    assert load("iris").feature_names[0] == "sepal length (cm)"
    assert load("iris").image_shape is None
    assert load("wine").class_names == ("class_0", "class_1", "class_2")
    assert load("breast_cancer").class_names == ("malignant", "benign")
    assert load("breast_cancer").feature_names[:2] == ("mean radius", "mean texture")
    digits = load("digits")
    assert digits.class_names == tuple("0123456789")
    assert digits.feature_names[9] == "pixel_1_1"
    assert digits.image_shape == (8, 8)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ArgumentError) as caught:
        load("irises")
    assert str(caught.value) == (
        "name must be one of iris, wine, digits, breast_cancer. Got 'irises' instead. "
        "Did you mean 'iris'?"
    )


def test_a_name_that_is_no_word_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^name must be one of .* Got \[1\] instead\.$"):
        load([1])  # type: ignore[arg-type]


def test_without_scikit_learn_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingLibraryError) as caught:
        load("iris")
    words = str(caught.value)
    assert words.startswith("the table 'iris' comes with scikit-learn, which cannot be imported (")
    assert words.endswith("). Install it with: pip install scikit-learn")
    assert isinstance(caught.value, ClasslensError)
    assert isinstance(caught.value, ImportError)
    assert isinstance(caught.value.__cause__, ImportError)


def test_scikit_learn_is_loaded_only_when_a_table_is_asked_for() -> None:
    words = (
        "import sys, classlens.data.shipped, classlens.data.toys as toys; toys.toy('blobs'); "
        "print(sorted({'jax', 'matplotlib', 'scipy', 'sklearn'} & set(sys.modules)))"
    )
    output = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True
    )
    assert output.stdout == "[]\n"
