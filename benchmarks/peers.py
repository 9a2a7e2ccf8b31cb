"""The same training in other libraries, each the way its own documentation does it."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

import classlens as cl


@dataclass(frozen=True)
class Work:
    """What everyone has to do: one hidden layer of relu, Adam, a new order every epoch."""

    data: cl.Dataset
    hidden: int
    batch_size: int
    epochs: int
    learning_rate: float

    @property
    def samples(self) -> int:
        """How many samples pass in all epochs together."""
        return len(self.data) * self.epochs


def images(count: int) -> cl.Dataset:
    """Samples of 784 features in ten classes that overlap.

    They must not be learnt to perfection: once all gradients are next to nothing, a processor may
    take many times longer to multiply them.
    """
    random = np.random.default_rng(0)
    y = random.integers(0, 10, count)
    X = random.standard_normal((count, 784), dtype=np.float32)
    X += 0.1 * random.standard_normal((10, 784), dtype=np.float32)[y]
    return cl.Dataset(X, y, tuple(map(str, range(10))))


@dataclass(frozen=True)
class Peer:
    """Another library.

    Attributes:
        module: what has to be installed.
        start: everything that comes before the training; it gives the training itself.
    """

    module: str
    start: Callable[[Work], Callable[[], object]]


def ours(work: Work, **options: Any) -> Callable[[], object]:
    """Our own training."""
    return lambda: cl.fit(
        work.data,
        hidden=[work.hidden],
        batch_size=work.batch_size,
        epochs=work.epochs,
        learning_rate=work.learning_rate,
        **options,
    )


def _scikit(work: Work) -> Callable[[], object]:
    networks: Any = importlib.import_module("sklearn.neural_network")

    def train() -> None:
        network = networks.MLPClassifier(
            (work.hidden,),
            batch_size=min(work.batch_size, len(work.data)),
            max_iter=work.epochs,
            learning_rate_init=work.learning_rate,
            # No penalty, and no end before the last epoch.
            alpha=0,
            tol=0,
            n_iter_no_change=work.epochs + 1,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it has not converged, it says
            network.fit(work.data.X, work.data.y)
        assert network.n_iter_ == work.epochs

    return train


def _torch(work: Work) -> Callable[[], object]:
    torch: Any = importlib.import_module("torch")
    X, y = torch.from_numpy(work.data.X.copy()), torch.from_numpy(work.data.y.copy())
    count, size = len(work.data), work.batch_size

    def train() -> None:
        network = torch.nn.Sequential(
            torch.nn.Linear(work.data.features, work.hidden),
            torch.nn.ReLU(),
            torch.nn.Linear(work.hidden, work.data.classes),
        )
        optimizer = torch.optim.Adam(network.parameters(), lr=work.learning_rate)
        loss = torch.nn.CrossEntropyLoss()
        for _ in range(work.epochs):
            order = torch.randperm(count)
            for first in range(0, count, size):
                batch = order[first : first + size]
                optimizer.zero_grad()
                loss(network(X[batch]), y[batch]).backward()
                optimizer.step()

    return train


def _keras(work: Work) -> Callable[[], object]:
    # Of the backends, JAX is the fastest for these, and it is always there: we need it too.
    os.environ["KERAS_BACKEND"] = "jax"
    keras: Any = importlib.import_module("keras")
    network = keras.Sequential(
        [
            keras.layers.Dense(work.hidden, activation="relu"),
            keras.layers.Dense(work.data.classes),
        ]
    )
    network.compile(
        optimizer=keras.optimizers.Adam(work.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    # The same network goes on learning each time, because a new one would be compiled anew.
    return lambda: network.fit(
        work.data.X, work.data.y, batch_size=work.batch_size, epochs=work.epochs, verbose=0
    )


PEERS: Mapping[str, Peer] = MappingProxyType(
    {
        "scikit-learn": Peer("sklearn", _scikit),
        "PyTorch": Peer("torch", _torch),
        "Keras": Peer("keras", _keras),
    }
)
