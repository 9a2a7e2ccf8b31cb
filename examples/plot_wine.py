"""
Wines and their growers
=======================

Who grew a wine? Four measurements that every laboratory takes tell it: alcohol, flavanoids, colour
and proline. A network of three hidden units learns it from a table, and says in the table's own
words and units what it has learned.
"""

# %%
# The table
# ---------
# The 178 wines that come with scikit-learn. A table of one's own would be read from a file:
# ``cl.train("wines.csv", "grower")``.

import matplotlib.pyplot as plt
import numpy as np
import pyarrow as pa

import classlens as cl

wine = cl.load("wine")
COLUMNS = ["alcohol", "flavanoids", "color_intensity", "proline"]
X = wine.X.astype(float).round(2)
growers = np.array(["grower A", "grower B", "grower C"])
table = pa.table(
    {
        **{name: X[:, wine.feature_names.index(name)] for name in COLUMNS},
        "grower": growers[wine.y],
    }
)
print(table.slice(0, 3).to_pylist()[0])
print({str(name): int((wine.y == number).sum()) for number, name in enumerate(growers)})

# %%
# The training
# ------------
# A fifth of the wines are held out, to tell how good the network is on wines that it has not seen.

trained = cl.train(table, "grower", hidden=[3], learning_rate=0.02, weight_decay=0.0)
low, high = trained.measures.interval
print(
    f"{trained.measures.correct} of {trained.measures.samples} held-out wines right; "
    f"of all such wines between {low:.0%} and {high:.0%}"
)

# %%
# What it has learned
# -------------------
# Every sentence is computed from the weights and the wines, and ``cl.verify`` tests it again.

explanation = cl.explain(trained, trained.data)
print(explanation)
print("findings tested:", cl.verify(explanation, trained, trained.data))

# %%
# A slice
# -------
# Colour and proline vary, the other two are held at their means. Boundaries are where two growers
# are equally likely.

held = trained.data.X.mean(axis=0)
plane = cl.Slice.through_features("color_intensity", "proline", held, names=COLUMNS)
cl.plot.regions(trained, trained.data, slice=plane).plot()
plt.show()

# %%
# One wine
# --------
# The same for the first wine: what speaks for its grower, and how little would have to change for
# another one.

print(cl.explain_example(trained, 0, trained.data))
