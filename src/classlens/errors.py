"""Every exception that Classlens raises on purpose.

ClasslensError
├── ArgumentError        (and ValueError)       an argument is wrong
├── DataError            (and ValueError)       the samples or labels cannot be used
├── ModelFileError       (and ValueError)       a model file is damaged, foreign or too new
├── OutputError          (and OSError)          a file or folder cannot be written
├── DivergedError        (and ArithmeticError)  training left the finite numbers
├── FalseFindingError    (and AssertionError)   a finding of an explanation does not hold
└── MissingLibraryError  (and ImportError)      an optional library is not installed

A message names what was wrong, where, the value met and the remedy. The command line prints it
and exits with status 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class ClasslensError(Exception):
    """Base class: catch it to catch everything that Classlens raises on purpose."""


class ArgumentError(ClasslensError, ValueError):
    """One or several arguments are wrong; all of them are named."""


class DataError(ClasslensError, ValueError):
    """The samples or the labels cannot be used as they are."""


class ModelFileError(ClasslensError, ValueError):
    """A model file is damaged, is not ours, or needs a newer version."""


class OutputError(ClasslensError, OSError):
    """A file or a folder cannot be written."""


class DivergedError(ClasslensError, ArithmeticError):
    """The loss or a parameter stopped being a finite number.

    Attributes:
        epoch: the epoch in which it happened, counted from 1.
        run: the ``Run`` up to the last epoch at which everything was finite.
    """

    def __init__(self, message: str, *, epoch: int, run: object) -> None:
        super().__init__(message)
        self.epoch = epoch
        self.run = run


class FalseFindingError(ClasslensError, AssertionError):
    """A finding of an explanation does not hold for the network."""


class MissingLibraryError(ClasslensError, ImportError):
    """An optional library is needed and not installed."""


class Problems:
    """Collects what is wrong with several arguments, to raise it all at once.

    Example:
        >>> problems = Problems()
        >>> problems.add("epochs must be at least 1. Got 0 instead.")
        >>> problems.raise_if_any(ArgumentError)
        Traceback (most recent call last):
        ...
        classlens.errors.ArgumentError: epochs must be at least 1. Got 0 instead.
    """

    def __init__(self) -> None:
        self._messages: list[str] = []

    def add(self, message: str) -> None:
        """Note one problem, a whole sentence."""
        self._messages.append(message)

    def raise_if_any(self, kind: type[ClasslensError]) -> None:
        """Raise ``kind`` with one problem a line, if there is any."""
        if self._messages:
            raise kind("\n".join(self._messages))


def one_of(name: str, value: object, choices: Sequence[str]) -> str:
    """The message for a word that is not among the choices, with a guess at what was meant.

    Example:
        >>> one_of("optimizer", "adm", ["adam", "sgd"])
        "optimizer must be one of adam, sgd. Got 'adm' instead. Did you mean 'adam'?"
    """
    message = f"{name} must be one of {', '.join(choices)}. Got {value!r} instead."
    return message + (did_you_mean(value, choices) if isinstance(value, str) else "")


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A closing question that offers the nearest choice, or nothing when none is near."""
    near = difflib.get_close_matches(word, list(choices), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
