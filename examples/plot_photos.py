"""
A classifier of photos
======================

A network with one hidden layer tells clothes apart: Fashion-MNIST, 28 x 28 pixels each, where
Debian's package ``dataset-fashion-mnist`` is installed, and else the digits of scikit-learn. Then:
what its units look for, which classes it takes for which, and its worst mistakes.
"""

# %%
# The photos
# ----------
# The files hold a few numbers, then the pixels. 4,000 photos are enough to learn from here; 1,000
# that the network has not seen will tell how good it is.

import gzip
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import classlens as cl

FOLDER = Path(os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))
GARMENTS = ["T-shirt", "trouser", "pullover", "dress", "coat"]
GARMENTS += ["sandal", "shirt", "sneaker", "bag", "boot"]


def photos(part: str, count: int) -> cl.Dataset:
    """The first photos of a part, their pixels from 0 to 1."""
    pixels = gzip.decompress((FOLDER / f"{part}-images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((FOLDER / f"{part}-labels-idx1-ubyte.gz").read_bytes())[8:]
    X = np.frombuffer(pixels, np.uint8).reshape(-1, 28 * 28)[:count] / 255
    return cl.Dataset(X, np.frombuffer(labels, np.uint8)[:count], GARMENTS, image_shape=(28, 28))


if FOLDER.exists():
    seen, unseen = photos("train", 4000), photos("t10k", 1000)
else:
    digits = cl.load("digits")
    seen, unseen = (
        cl.Dataset(digits.X[part] / 16, digits.y[part], digits.class_names, image_shape=(8, 8))
        for part in (slice(None, 1300), slice(1300, None))
    )
print(f"{len(seen)} photos to learn from, {len(unseen)} others; {seen.features} pixels each")

# %%
# The training
# ------------
# Weight decay pulls the weights towards 0. What they were at the start fades where a pixel tells
# nothing, and what was learned can be seen.

settings = {"optimizer": "adamw", "learning_rate": 0.001, "weight_decay": 1.0}
run = cl.fit(seen, hidden=[24], epochs=25, **settings)
right = int((run.network.predict(unseen.X) == unseen.y).sum())
print(f"{right} of {len(unseen)} unseen photos right: {right / len(unseen):.1%}")

# %%
# What the units look for
# -----------------------
# Each unit of the first layer adds up the pixels: a bright one counts for it where it is blue,
# against it where it is brown. A unit that stays 0 for every photo is dead: its kernel fades away.

dead = int((run.network.forward(seen.X)[0].activation == 0).all(axis=0).sum())
print(f"dead units: {dead}")
cl.plot.kernels(run, seen).plot()
plt.show()

# %%
# Which classes are taken for which
# ---------------------------------
# What has a similar outline is confused.

cl.plot.confusion(run, unseen).plot()
plt.show()

# %%
# The worst mistakes
# ------------------
# The photos whose wrong class the network is surest of.

cl.plot.mistakes(run, unseen, count=12).plot()
plt.show()
