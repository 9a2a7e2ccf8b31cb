"""
A Keras model, opened
=====================

A model that Keras has trained: what does it do, and where are its boundaries? Classlens takes the
model as it is.
"""

# %%
# The model
# ---------
# The lab's network, as its own notebook builds and trains it. Without Keras there is nothing to
# open, and the example ends here.

import os

os.environ["KERAS_BACKEND"] = "jax"  # read when Keras is imported

import importlib.util
import sys

import matplotlib.pyplot as plt

import classlens as cl

if importlib.util.find_spec("keras") is None:
    print("Keras is not installed: pip install keras")
    sys.exit()

import keras

keras.utils.set_random_seed(1234)
data = cl.blobs()
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(2, activation="relu", name="L1"),
        keras.layers.Dense(4, activation="linear", name="L2"),
    ]
)
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.Adam(0.01),
)
history = model.fit(data.X, data.y, epochs=200, verbose=0)
print(f"the loss of the last epoch: {history.history['loss'][-1]:.4f}")

# %%
# The same network
# ----------------
# ``from_keras`` copies the weights. The logits are those of Keras, up to rounding.

network = cl.Network.from_keras(model)
print(network)
apart = abs(network.logits(data.X) - model.predict(data.X, verbose=0)).max()
print("the same logits:", bool(apart < 1e-4))

# %%
# Its decision regions
# --------------------
# What takes a network takes the Keras model itself, too.

cl.plot.regions(model, data, creases=True).plot()
plt.show()

# %%
# In words
# --------

print(cl.explain(model, data.X, data.y))
