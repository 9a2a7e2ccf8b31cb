"""The lab as a scikit-learn script: the same training, and one picture of the decision regions.

Usage: python scikit_lab.py EPOCHS PICTURE
"""

import sys
import warnings

import matplotlib as mpl

mpl.use("agg")

from matplotlib import pyplot as plt
from sklearn.datasets import make_blobs
from sklearn.inspection import DecisionBoundaryDisplay
from sklearn.neural_network import MLPClassifier

epochs = int(sys.argv[1])
X, y = make_blobs(
    100, centers=[[-5, 2], [-2, -2], [1, 2], [5, -2]], cluster_std=1.0, random_state=30
)
network = MLPClassifier(
    (2,),
    batch_size=32,
    max_iter=epochs,
    learning_rate_init=0.01,
    alpha=0,
    tol=0,
    n_iter_no_change=epochs + 1,
)
warnings.simplefilter("ignore")  # it has not converged, it says
network.fit(X, y)
print(f"loss {network.loss_:.4f}, accuracy {network.score(X, y):.2f}")
display = DecisionBoundaryDisplay.from_estimator(network, X, response_method="predict")
display.ax_.scatter(X[:, 0], X[:, 1], c=y)
plt.savefig(sys.argv[2])
