"""What is refused before JAX sees it, and what JAX is then given."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import classlens as cl
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError
from classlens.training.device import bucket, on_device
from classlens.training.prepare import prepare


def data(counts=(10, 10, 10), features=2):
    y = np.repeat(np.arange(len(counts)), counts)
    return Dataset(np.random.default_rng(0).normal(size=(len(y), features)), y)


def ready(dataset=None, *, validation_data=None, sample_weight=None, **options):
    return prepare(
        data() if dataset is None else dataset,
        cl.Settings.of(options),
        validation_data=validation_data,
        sample_weight=sample_weight,
    )


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (
            lambda: ready(Dataset([[0.0], [1.0]], [1, 1], ("c0", "c1"))),
            DataError,
            "at least two classes, or there is nothing to tell apart. Got 2 samples of class c1",
        ),
        (
            lambda: ready(Dataset([[0.0]], [0])),
            DataError,
            "Got 1 sample of class c0 only.",
        ),
        (
            lambda: ready(hidden=(1_000_000, 1_000_000)),
            ArgumentError,
            "hidden and batch_size must fit into the memory of ",
        ),
        (
            lambda: ready(epochs=10**9, batch_size=1),
            ArgumentError,
            "epochs must make at most 2,147,483,647 updates. Got 1,000,000,000 epochs of 30 ",
        ),
        (
            lambda: ready(patience=3),
            ArgumentError,
            "patience needs samples to watch",
        ),
        (
            lambda: ready(validation_data=data(), validation_fraction=0.2),
            ArgumentError,
            "give validation_data or validation_fraction, not both",
        ),
        (
            lambda: ready(validation_data=data(features=3)),
            DataError,
            "validation_data must have 2 features, as the training data. Got 3",
        ),
        (
            lambda: ready(validation_data=Dataset([[0.0, 1]], [0], feature_names=("x1", "x0"))),
            DataError,
            "the training data's feature names in the same order, x0, x1. Got x1, x0",
        ),
        (
            lambda: ready(validation_data=Dataset([[0.0, 1]], [3], ("c0", "c1", "c2", "c3"))),
            DataError,
            "the training data's classes, c0, c1, c2. Got c0, c1, c2, c3",
        ),
        (
            lambda: ready(validation_data=Dataset([[0.0, 1]], [0], ("b", "a"))),
            DataError,
            "the training data's classes, c0, c1, c2. Got b, a",
        ),
        (
            lambda: ready(sample_weight=[1.0, 2.0]),
            DataError,
            "sample_weight must hold one number for each of the 30 samples. Got the shape (2,)",
        ),
        (
            lambda: ready(sample_weight=["a"] * 30),
            DataError,
            "sample_weight must hold real numbers. Got dtype <U1 instead.",
        ),
        (
            lambda: ready(sample_weight=[[1.0], [1.0, 2.0]]),
            DataError,
            "sample_weight must have rows of one length. Got 1 in row 0 and 2 in row 1.",
        ),
        (
            lambda: ready(sample_weight=5),
            DataError,
            "Got the shape () instead.",
        ),
        (
            lambda: ready(sample_weight=[1.0] * 29 + [None]),
            DataError,
            "sample_weight must hold real numbers. Got None in row 29 instead.",
        ),
        (
            lambda: ready(sample_weight=[1e-60] * 30),
            DataError,
            "must be from 0.0001 to 1,000,000 on average. Got 1e-60 instead. Multiply all of them",
        ),
        (
            lambda: ready(sample_weight=[1e3] * 30, class_weight={"c1": 1e4}),
            DataError,
            "on average. Got 3.3e+06 instead. Multiply all of them by one number, so that it is",
        ),
        (
            lambda: ready(sample_weight=[1.0] * 7 + [-1.0] * 23),
            DataError,
            "finite and at least 0. Got -1.0 in row 7",
        ),
        (
            lambda: ready(sample_weight=[1.0] * 29 + [np.nan]),
            DataError,
            "finite and at least 0. Got nan in row 29",
        ),
        (
            lambda: ready(sample_weight=[0.0] * 30),
            DataError,
            "sample_weight must be above 0 for at least one sample. Got only zeros.",
        ),
        (
            lambda: ready(class_weight={"c0": 0, "c1": 0, "c2": 0}),
            DataError,
            "at least one sample to learn from must have a weight above 0",
        ),
        (
            lambda: ready(sample_weight=[1e308] * 30),
            DataError,
            "must be from 0.0001 to 1,000,000 on average. Got inf instead.",
        ),
        (
            lambda: ready(class_weight={"c9": 1.0}),
            ArgumentError,
            "class_weight must name classes, c0, c1, c2. Got 'c9' instead",
        ),
        (
            lambda: ready(class_weight={"0": 1.0, "c0": 2.0}),
            ArgumentError,
            "class_weight must name each class once. Got '0' and 'c0' for class c0 instead.",
        ),
        (
            lambda: ready(data((5, 1, 5)), validation_fraction=0.2),
            DataError,
            "to learn from and to hold out for validation. Got 1 sample of class c1 (row 5)",
        ),
        (
            lambda: ready(data((5, 2, 5)), validation_fraction=0.2, test_fraction=0.2),
            DataError,
            "3 samples, to learn from and to hold out for validation and the test. Got 2 samples",
        ),
    ],
)
def test_refusals(make, kind, message):
    with pytest.raises(kind) as caught:
        make()
    assert message in str(caught.value)


def test_parts_are_stratified_disjoint_and_whole():
    whole = data((50, 100, 10))
    job = ready(whole, validation_fraction=0.2, test_fraction=0.1)
    assert job.validation is not None
    assert job.test is not None
    parts = (job.training, job.validation, job.test)
    rows = np.concatenate([part.X for part in parts])
    assert len(np.unique(rows, axis=0)) == len(whole) == len(rows)
    assert np.bincount(job.test.y).tolist() == [5, 10, 1]
    assert np.bincount(job.validation.y).tolist() == [10, 20, 2]


def test_weights_multiply():
    job = ready(sample_weight=np.arange(30), class_weight={"c1": 2, 2: 3})
    assert np.array_equal(job.weight, np.arange(30) * np.repeat([1, 2, 3], 10))


def test_balanced_weights_equal_scikit_learn_s():
    from sklearn.utils.class_weight import compute_sample_weight

    uneven = data((5, 30, 11))
    job = ready(uneven, class_weight="balanced")
    assert np.allclose(job.weight, compute_sample_weight("balanced", uneven.y))


def test_a_fresh_seed_is_drawn_and_recorded():
    job = ready(seed=None)
    assert job.seed == job.order_seed == job.settings.seed is not None
    assert ready(seed=3, shuffle_seed=4).order_seed == 4


@given(st.integers(1, 10_000_000), st.sampled_from([64, 256]))
def test_buckets(count, lowest):
    size = bucket(count, lowest)
    assert size >= max(count, lowest)
    assert size <= max(lowest, 2 * count)
    if count > 4096:
        assert size <= 1.126 * count
    assert size % min(size, 512) == 0


def test_buckets_are_few():
    sizes = [bucket(n, 256) for n in range(1, 100_000)]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) < 45
    assert all(bucket(size, 256) == size for size in set(sizes))
    assert next(len(list(g)) for _, g in itertools.groupby(sizes)) == 256


def test_padding_has_no_weight():
    samples = on_device(data(), np.full(30, 2, np.float32), lowest=64)
    assert samples.x.shape == (64, 2)
    assert int(samples.real) == 30
    assert np.asarray(samples.weight).tolist() == [2.0] * 30 + [0.0] * 34
    assert not np.asarray(samples.x)[30:].any()


def test_a_class_without_samples_may_be_named() -> None:
    part = data().take(range(20))
    job = ready(part, validation_fraction=0.2, test_fraction=0.2)
    assert job.training.class_names == ("c0", "c1", "c2")
    assert np.bincount(job.training.y).tolist() == [6, 6]


def test_the_weights_of_what_is_held_out_do_not_count() -> None:
    job = ready(test_fraction=0.5)
    assert job.test is not None
    weight = (data().X[:, None] == job.test.X).all(axis=2).any(axis=1)
    with pytest.raises(DataError, match="at least one sample to learn from must have a weight"):
        ready(test_fraction=0.5, sample_weight=weight)
    assert ready(test_fraction=0.5, sample_weight=~weight).weight.all()


def test_weights_of_any_scale_in_between() -> None:
    for scale in (2e-4, 1e6):
        assert ready(sample_weight=np.full(30, scale)).weight.tolist() == [np.float32(scale)] * 30


def test_unnamed_features_of_the_validation_samples_are_the_data_s() -> None:
    named = Dataset(data().X, data().y, feature_names=("wide", "high"))
    watched = Dataset([[0.0, 1]], [2], ("c0", "c1", "c2"))
    assert ready(named, validation_data=watched).validation is watched
