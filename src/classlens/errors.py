"""Every exception that Classlens raises on purpose.

ClasslensError
├── ArgumentError        (and ValueError)       an argument is wrong
├── DataError            (and ValueError)       the samples or labels cannot be used
│   └── TableError       (and ValueError)       a table cannot be read, or a cell of it not used
├── ModelFileError       (and ValueError)       a model file is damaged, foreign or too new
├── NotFittedError       (and ValueError)       an estimator is asked before it was fitted
├── OutputError          (and OSError)          a file or folder cannot be written
├── DivergedError        (and ArithmeticError)  training left the finite numbers
├── ProcessesError       (and RuntimeError)     processes have lost one another
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


class TableError(DataError):
    """A file or a frame cannot be read as a table, or a cell of it cannot be used.

    Attributes:
        file: the file's name as it was given, or None.
        line: the line of the file, counted from 1, or the row of an array, counted from 0; or None.
        column: the column's name, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(message)
        self.file = file
        self.line = line
        self.column = column


class ModelFileError(ClasslensError, ValueError):
    """A model file is damaged, is not ours, or needs a newer version."""


class NotFittedError(ClasslensError, ValueError):
    """An estimator is asked for something that only a fitted one has."""


class OutputError(ClasslensError, OSError):
    """A file or a folder cannot be written."""


class DivergedError(ClasslensError, ArithmeticError):
    """The loss or a parameter stopped being a finite number, or one of any use.

    Attributes:
        epoch: the epoch in which it happened, counted from 1.
        run: the ``Run`` up to the last epoch at which everything was finite; its ``ending`` is
            ``diverged``.
    """

    def __init__(self, message: str, *, epoch: int, run: object) -> None:
        super().__init__(message)
        self.epoch = epoch
        self.run = run


class ProcessesError(ClasslensError, RuntimeError):
    """Processes that work together did not find one another, or have lost one."""


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
    message = f"{name} must be one of {', '.join(choices)}. Got {short(value)} instead."
    return message + did_you_mean(value, choices)


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """A closing question that offers the nearest choice, or nothing when none is near.

    Example:
        >>> did_you_mean("ADAM", ["adam", "sgd"])
        " Did you mean 'adam'?"
    """
    if not isinstance(word, str):
        return ""
    folded = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(word[:_MOST_CHARACTERS].casefold(), folded, n=1)
    return f" Did you mean {short(folded[near[0]])}?" if near else ""


# What is quoted in a message is cut to this, so that the message itself stays in sight.
_MOST_CHARACTERS = 60


def short(value: object) -> str:
    """A value as it is written in Python, on one line, and cut where it is long.

    Example:
        >>> short(["a"]), short("b" * 1000)
        ("['a']", "'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...")
    """
    if isinstance(value, str | bytes):
        value = value[:_MOST_CHARACTERS]
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an integer of 5000 digits, a list in itself: what a message is about
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 3] + "..."


def listed(words: Sequence[str]) -> str:
    """Words with commas between them; of many, the first ones and how many more there are.

    Example:
        >>> listed(["L1", "L2"]), listed(["c" * 50] * 9)[-15:]
        ('L1, L2', 'cccc and 7 more')
    """
    shown, room = 0, 2 * _MOST_CHARACTERS
    cut = [
        word if len(word) <= _MOST_CHARACTERS else word[: _MOST_CHARACTERS - 3] + "..."
        for word in words[:room]
    ]
    while shown < len(cut) and (room := room - len(cut[shown]) - 2) >= 0:
        shown += 1
    more = len(words) - shown
    return ", ".join(cut[:shown]) + (f" and {more} more" if more else "")


def counted(count: int, noun: str) -> str:
    """A number with its noun, such as "1 sample" or "2 samples"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def printable(text: str) -> str:
    r"""The text with every sign that commands a terminal spelt out; lines stay lines.

    Example:
        >>> printable("\x1b[31mred\n")
        '\\x1b[31mred\n'
    """
    return "".join(
        sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode()
        for sign in text
    )
