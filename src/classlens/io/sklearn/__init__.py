"""Fitted classifiers of scikit-learn, alone or behind their preprocessing."""

from classlens.io.sklearn.objects import from_object

__all__ = ["from_object"]
