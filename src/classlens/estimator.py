"""``NeuralClassifier``: training with scikit-learn's conventions.

It translates labels into indices, brings the features to one scale, hands both to
``classlens.training.run.fit``, and translates back.
"""

from __future__ import annotations

import numbers
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens import errors
from classlens.analysis.geometry import Rectangle
from classlens.data.dataset import Dataset
from classlens.data.labels import Labels, label_indices, label_names, label_weights
from classlens.data.repeats import merged
from classlens.data.scaling import Scaling
from classlens.data.weights import row_weights
from classlens.errors import ArgumentError, DataError, MissingLibraryError
from classlens.explanation.account import Explanation, explain
from classlens.kinds import Flag
from classlens.model import Model
from classlens.scores import softmax
from classlens.settings import SETTINGS, Settings
from classlens.suiting import SUITING, suited
from classlens.training.history import History
from classlens.training.rescaled import in_own_units
from classlens.training.run import Run, fit

try:
    from sklearn import exceptions
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import validate_data
except ImportError as error:
    raise MissingLibraryError(
        f"NeuralClassifier needs scikit-learn, which cannot be imported ({error}). Install it "
        "with: pip install scikit-learn"
    ) from error

if TYPE_CHECKING:
    from classlens.pictures import Pictures

Numbers = NDArray[np.floating[Any]]

_DTYPES = [np.float64, np.float32]


class NotFittedError(errors.NotFittedError, exceptions.NotFittedError):  # type: ignore[misc]
    """Ours and scikit-learn's at once, for those who catch either."""


class NeuralClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A neural network as a scikit-learn classifier.

    Each argument but the last three is a row of ``classlens.settings.SETTINGS``, which says what it
    does. Some defaults are other ones: the table's are the lab's, these suit tables. Of hidden,
    epochs, batch_size, weight_decay and validation_fraction None is what suits the number of
    samples: see ``classlens.suiting``.

    Args:
        hidden: units of each hidden layer.
        activation: of the hidden layers, one word or one for each.
        optimizer: how gradients become updates.
        learning_rate: size of an update, at the schedule's peak.
        schedule: how the learning rate changes over the epochs of a fit.
        momentum: share of the last update that sgd and rmsprop keep.
        epochs: passes over the samples in a fit.
        batch_size: samples in one update.
        shuffle: draw a new order of the samples every epoch.
        weight_decay: pull of the kernels towards 0, in proportion to their size; with another
            optimizer than adamw and in ``partial_fit`` None is 0.
        l1: pull of the kernels towards 0, the same for all sizes.
        class_weight: ``balanced``, or a dict from a label to how much its samples count; a label
            that is left out counts 1.
        validation_fraction: share of each class held out to watch the training.
        patience: epochs without a lower validation loss after which to stop and keep the best.
        min_delta: how much lower the validation loss must be to count as lower.
        history_megabytes: memory for the parameters of past epochs, which a pickle carries too.
        standardize: take each feature's mean off and divide by its standard deviation before the
            training. The network that comes out takes features in their own units all the same.
        random_state: the seed; None and a ``RandomState`` give a new one at each fit.
        warm_start: let ``fit`` go on for ``epochs`` more from where the last fit ended.

    Equal samples of one label are merged into one that counts as often: a sample weight of 3 is the
    same as three copies, bit for bit, and the order of the rows does not matter.

    Attributes:
        classes_: the labels, sorted, shape (classes,).
        n_features_in_: how many features there are.
        feature_names_in_: their names, where X had some.
        model_: the trained ``Model``, in the features' own units, with all names.
        n_iter_: epochs trained, in all fits that went on from each other.
        loss_curve_: the training loss after each of them.

    Example:
        >>> import classlens as cl
        >>> X, y = [[0.0], [0.2], [0.8], [1.0]], ["no", "no", "yes", "yes"]
        >>> cl.NeuralClassifier(hidden=(8,), random_state=0).fit(X, y).predict([[0.1], [0.9]])
        array(['no', 'yes'], dtype='<U3')
    """

    classes_: Labels
    loss_curve_: list[float]
    _run: Run  # of the scaled features, to go on from
    _scaling: Scaling

    def __init__(  # noqa: PLR0913 - scikit-learn reads the parameters from this signature
        self,
        hidden: Sequence[int] | int | None = SUITING["hidden"],
        *,
        activation: str | Sequence[str] = Settings.activation,
        optimizer: str = SUITING["optimizer"],
        learning_rate: float = SUITING["learning_rate"],
        schedule: str = SUITING["schedule"],
        momentum: float = Settings.momentum,
        epochs: int | None = SUITING["epochs"],
        batch_size: int | None = SUITING["batch_size"],
        shuffle: bool = Settings.shuffle,
        weight_decay: float | None = SUITING["weight_decay"],
        l1: float = Settings.l1,
        class_weight: str | Mapping[Any, float] | None = Settings.class_weight,
        validation_fraction: float | None = SUITING["validation_fraction"],
        patience: int | None = Settings.patience,
        min_delta: float = Settings.min_delta,
        history_megabytes: float = SUITING["history_megabytes"],
        standardize: bool = True,
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.momentum = momentum
        self.epochs = epochs
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.weight_decay = weight_decay
        self.l1 = l1
        self.class_weight = class_weight
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.min_delta = min_delta
        self.history_megabytes = history_megabytes
        self.standardize = standardize
        self.random_state = random_state
        self.warm_start = warm_start

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train on samples of known class.

        Args:
            X: samples, shape (samples, features); a frame's column names are kept.
            y: one label each, shape (samples,): words, integers or bools.
            sample_weight: how often each sample counts, shape (samples,), at least 0; once by
                default.

        Raises:
            ArgumentError: if a parameter is not allowed.
            DataError: if there is nothing to learn. What scikit-learn's checks refuse is a plain
                ValueError.
            DivergedError: if the training left the finite numbers.
        """
        going_on = Flag().check("warm_start", self.warm_start) and self.__sklearn_is_fitted__()
        samples, labels = self._checked(X, y, reset=not going_on)
        return self._train(samples, labels, np.unique(labels), sample_weight, going_on=going_on)

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Train for one epoch on a part of the samples, going on from the parts before.

        The first part decides the features' scale and must hold at least two classes.

        Args:
            X: as in ``fit``, like y and sample_weight.
            y: labels.
            classes: all labels there will be; needed at the first call.
            sample_weight: weights.

        Raises:
            ArgumentError: as ``fit``, or if the classes are missing or change.
            DataError: as ``fit``, or if a label is not among the classes.
        """
        going_on = self.__sklearn_is_fitted__()
        if classes is None and not going_on:
            raise ArgumentError(
                "classes must be all labels there will be, at the first call of partial_fit. "
                "Got None instead."
            )
        fixed = (self.validation_fraction, self.patience, self.class_weight)
        if fixed[0] or fixed[1] is not None or isinstance(fixed[2], str):
            raise ArgumentError(
                "validation_fraction must be 0, patience None and class_weight a weight for each "
                "label (or None) for partial_fit, which sees a part of the samples for one epoch. "
                f"Got {', '.join(map(repr, fixed))} instead."
            )
        samples, labels = self._checked(X, y, reset=not going_on)
        known = self.classes_ if classes is None else np.unique(classes)
        return self._train(samples, labels, known, sample_weight, going_on=going_on, part=True)

    def decision_function(self, X: ArrayLike) -> Numbers:
        """The logits, shape (samples, classes).

        With two classes, as scikit-learn wants it, the lead of the second's logit over the first's,
        shape (samples,): above 0 where the second is predicted.
        """
        logits = self._logits(X)
        return logits if logits.shape[1] > 2 else logits[:, 1] - logits[:, 0]

    def predict_proba(self, X: ArrayLike) -> Numbers:
        """The softmax of the logits, shape (samples, classes), in the order of ``classes_``."""
        return softmax(self._logits(X))

    def predict(self, X: ArrayLike) -> Labels:
        """Each sample's label, shape (samples,)."""
        winners = self._logits(X).argmax(axis=1)
        return np.asarray(self.classes_[winners])

    @property
    def run_(self) -> Run:
        """The last fit's run, with its history, in the features' own units."""
        self._check_fitted()
        return in_own_units(self._run, self._scaling)

    @property
    def model(self) -> Model:
        """What ``classlens.explain`` and others that take a model ask for: ``model_``."""
        self._check_fitted()
        return self.model_

    @property
    def history(self) -> History:
        """The course of the last fit, for ``classlens.explain``."""
        return self.run_.history

    @property
    def plot(self) -> Pictures:
        """``clf.plot.regions(X, y)`` and the other functions of ``classlens.plot``."""
        from classlens.pictures import Pictures  # noqa: PLC0415 - loads matplotlib

        return Pictures(self.run_, self._dataset)

    def explain(
        self,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        *,
        window: Rectangle | None = None,
    ) -> Explanation:
        """Say what the network does, as ``classlens.explain``.

        Args:
            X: samples, shape (samples, features); without them only what the weights alone tell is
                said.
            y: their labels, shape (samples,).
            window: ((x0_min, x0_max), (x1_min, x1_max)) of the input plane, for two features.
        """
        return explain(self.run_, self._dataset(X, y), window=window)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise NotFittedError(f"this {type(self).__name__} is not fitted. Call fit(X, y) first.")

    def _checked(self, X: ArrayLike, y: ArrayLike, *, reset: bool) -> tuple[Any, Any]:
        samples, labels = validate_data(self, X, y, reset=reset, dtype=_DTYPES)
        check_classification_targets(labels)
        return samples, labels

    def _dataset(self, X: ArrayLike | None, y: ArrayLike | None) -> Dataset | None:
        """Samples and labels with the classes and the names of the fit; None without them."""
        model = self.model
        if X is None and y is None:
            return None
        if X is None or y is None:
            raise DataError("X and y must be given together. Got one of them only.")
        samples, labels = self._checked(X, y, reset=False)
        indices = label_indices(labels, self.classes_)
        return Dataset(samples, indices, model.class_names, model.feature_names)

    def _logits(self, X: ArrayLike) -> Numbers:
        model = self.model
        return model.logits(validate_data(self, X, reset=False, dtype=_DTYPES))

    def _settings(self, weight: Any, y: Any, *, part: bool, going_on: bool) -> Settings:
        """The parameters that are rows of the table, and the seed."""
        options: dict[str, Any] = {
            name: value for name, value in self.get_params().items() if name in SETTINGS
        }
        if part:
            decay = 0.0 if self.weight_decay is None else self.weight_decay
            options |= {"epochs": 1, "weight_decay": decay, "validation_fraction": 0.0}
        if going_on and self.hidden is None:  # another number of samples, the same network
            options["hidden"] = self._run.network.sizes[1:-1]
        seed = self.random_state
        if not isinstance(seed, numbers.Integral):
            seed = int(check_random_state(seed).randint(2**31 - 1))
        seed = SETTINGS["seed"].kind.check("random_state", seed)
        options |= {"seed": seed, "class_weight": None}
        return suited(options, samples=len(y), copies=weight.sum(), smallest=np.bincount(y).min())

    def _train(
        self,
        X: Numbers,
        y: Labels,
        classes: Labels,
        sample_weight: ArrayLike | None,
        *,
        going_on: bool,
        part: bool = False,
    ) -> Self:
        standardize = Flag().check("standardize", self.standardize)
        indices, weight = label_indices(y, classes), row_weights(sample_weight, len(X))
        distinct, indices, weight = merged(X, indices, weight)
        settings = self._settings(weight, indices, part=part, going_on=going_on)
        scaling = Scaling.of(distinct, weight) if standardize else Scaling.none(X.shape[1])
        scaling = self._scaling if going_on else scaling
        names, features = label_names(classes), getattr(self, "feature_names_in_", ())
        by_class = label_weights(self.class_weight, classes, indices, weight)
        run = fit(
            Dataset(scaling.scaled(distinct), indices, names, features),  # type: ignore[arg-type]
            sample_weight=weight / weight.mean(),
            resume=self._run if going_on else None,
            **asdict(replace(settings, class_weight=by_class)),
        )
        if run.ending == "interrupted":
            done = f"{len(run.history)} of {settings.epochs} epochs"
            warnings.warn(f"interrupted after {done}.", exceptions.ConvergenceWarning, stacklevel=3)
        self.classes_ = classes
        self.model_ = in_own_units(run, scaling).model
        self.loss_curve_ = [*(self.loss_curve_ if going_on else ()), *run.history.loss.tolist()]
        self.n_iter_ = len(self.loss_curve_)
        self._run, self._scaling = run, scaling
        return self
