"""
The lab
=======

Four blobs, a small network, and what it has learned: the whole lab in one script.

"""

# %%
# The data
# --------
# A hundred points in four clouds. The seed of the points is the lab's, so these are its points.

import matplotlib.pyplot as plt
import numpy as np

import classlens as cl

data = cl.blobs()
print("classes:    ", np.unique(data.y))
print("first ten:  ", data.y[:10])
print("X, y shapes:", data.X.shape, data.y.shape)
cl.plot.data(data).plot()
plt.show()

# %%
# The training
# ------------
# Two ReLU units, then one linear unit for each class. The loss takes the logits as they are.

run = cl.fit(data, hidden=[2], epochs=200, learning_rate=0.01, seed=1234)
for epoch in (1, 100, 200):
    print(f"epoch {epoch:3}: loss {run.history.loss[epoch - 1]:.4f}")
cl.plot.history(run).plot()
plt.show()

# %%
# The decision regions
# --------------------
# The boundaries are computed from the weights, not found on a grid.

cl.plot.regions(run, data).plot()
plt.show()

# %%
# The first layer
# ---------------
# Each unit is 0 on one side of its line. Unit 0 keeps c0 and c1 from c2 and c3, unit 1 keeps c0 and
# c2 from c1 and c3.

cl.plot.units(run, data, layer="L1").plot()
plt.show()

# %%
# The output layer
# ----------------
# The outputs see each example where the first layer puts it. All of c0 is one dot, at the corner.

cl.plot.hidden(run, data).plot()
plt.show()

# %%
# In words
# --------
# The same, found by the program itself and checked against the network.

print(cl.explain(run, data))
