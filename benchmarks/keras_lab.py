"""The lab's model, compiled with Keras on the backend of KERAS_BACKEND, trained by each in turn.

Usage: python keras_lab.py EPOCHS ROUNDS; prints the seconds of all rounds as JSON.
"""

import json
import sys
import time
from collections.abc import Callable

import keras

import classlens as cl
import classlens.keras

epochs, rounds = int(sys.argv[1]), int(sys.argv[2])
data = cl.blobs()
X, y = data.X.copy(), data.y.copy()
model = keras.Sequential(
    [keras.Input((2,)), keras.layers.Dense(2, "relu"), keras.layers.Dense(4)],
)
model.compile(
    keras.optimizers.Adam(0.01),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
contestants: dict[str, Callable[[], object]] = {
    "ours": lambda: classlens.keras.fit(model, X, y, epochs=epochs, verbose=0),
    "theirs": lambda: model.fit(X, y, epochs=epochs, verbose=0),
}
seconds: dict[str, list[float]] = {name: [] for name in contestants}
for number in range(-1, rounds):
    for name, train in contestants.items():
        started = time.perf_counter()
        train()
        if number >= 0:  # the first round warms up
            seconds[name].append(time.perf_counter() - started)
print(json.dumps(seconds))
