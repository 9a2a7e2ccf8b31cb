"""
How lucky is the seed?
======================

The lab's network, trained 200 times from other initial weights: most runs end well, some do not.
All of them are trained together, in one program.
"""

# %%
# The sweep
# ---------
# With two hidden units and with three. The words count how the networks have ended, and ``verify``
# counts again, row by row.

import matplotlib.pyplot as plt
import numpy as np

import classlens as cl

data = cl.blobs()
survey = cl.sweep(data, seeds=200, grid={"hidden": [2, 3]}, epochs=200, learning_rate=0.01)
print(survey)
print("rows counted again:", survey.verify())

# %%
# How they end
# ------------
# The share of the networks that reach an accuracy or stay under it.

survey.endings().plot()
plt.show()

# %%
# The typical endings
# -------------------
# One network for each of the frequent endings, the best one and the worst.

survey.gallery().plot()
plt.show()

# %%
# One of the unlucky ones
# -----------------------
# A row tells how a network has ended, and ``run`` trains it again by itself.

accuracy = np.array(survey.table["accuracy"])
worst = int(accuracy.argmin())
row = survey.row(worst)
print(f"network {worst}: hidden {row['hidden']}, seed {row['seed']}, {row['accuracy']:.0%} right")
run = survey.run(worst)
print(cl.explain(run, data).short())
cl.plot.units(run, data).plot()
plt.show()
