"""Reader: takes values out of a file's description, and refuses what does not belong."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from classlens.errors import ModelFileError, listed, short


class Reader:
    """Takes values out of the description, and refuses, naming the place, what does not belong.

    Args:
        path: the file.
        kind: what it should be.
        remedy: what is said last, a sentence.
    """

    def __init__(self, path: Path, kind: str = "model file", remedy: str = "") -> None:
        self.path = path
        self.kind = kind
        self._remedy = f" {remedy}" if remedy else ""

    def refuse(self, reason: str) -> NoReturn:
        """Refuse the file for a reason that ends the sentence."""
        end = "" if reason.endswith("?") else "."
        raise ModelFileError(
            f"{self.path} is not a {self.kind} that can be used: {reason}{end}{self._remedy}"
        )

    def keys(self, value: Any, keys: tuple[str, ...], where: str) -> dict[str, Any]:
        """The object, if it has exactly these keys."""
        self.object(value, where)
        missing = [key for key in keys if key not in value]
        unknown = [key for key in value if key not in keys]
        if missing or unknown:
            word, names = ("lacks", missing) if missing else ("has the unknown entry", unknown)
            self.refuse(f"{where} {word} {listed([short(name) for name in names])}")
        return dict(value)

    def object(self, value: Any, where: str) -> dict[str, Any]:
        """The value, if it is an object."""
        if not isinstance(value, dict):
            self.refuse(f"{where} must be an object, and is {short(value)}")
        return value

    def words(self, value: Any, where: str) -> tuple[str, ...]:
        """The value, if it is a list of words."""
        if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
            self.refuse(f"{where} must be a list of words, and is {short(value)}")
        return tuple(self.word(word, where) for word in value)

    def word(self, value: Any, where: str) -> str:
        """The value, if it is a word."""
        if not isinstance(value, str):
            self.refuse(f"{where} must be a word, and is {short(value)}")
        return value

    def texts(self, value: Any, where: str) -> tuple[str, ...]:
        """The value, if it is a list of words of whole characters, which a file can hold."""
        words = self.words(value, where)
        broken = next(
            (word for word in words if any("\ud800" <= c <= "\udfff" for c in word)), None
        )
        if broken is not None:
            self.refuse(f"{where} must be of whole characters, and hold {short(broken)}")
        return words

    def number(self, value: Any, where: str) -> float:
        """The value, if it is a finite number."""
        try:
            fits = type(value) in (int, float) and math.isfinite(value)
        except OverflowError:  # a whole number beyond all floats
            fits = False
        if not fits:
            self.refuse(f"{where} must be a number, and is {short(value)}")
        return float(value)

    def numbers(self, value: Any, where: str) -> list[float]:
        """The value, if it is a list of finite numbers."""
        if not isinstance(value, list):
            self.refuse(f"{where} must be lists of numbers")
        return [self.number(each, where) for each in value]

    def count(self, value: Any, where: str, low: int = 1) -> int:
        """The value, if it is a whole number from ``low`` to 2^31 - 1."""
        if type(value) is not int or not low <= value < 2**31:
            self.refuse(f"{where} must be a whole number of at least {low}, and is {short(value)}")
        return value

    def json(self, text: bytes | str, where: str) -> Any:
        """Strict JSON: no key twice, no NaN."""
        try:
            return json.loads(text, object_pairs_hook=self._unique, parse_constant=self._constant)
        except ModelFileError:
            raise
        except ValueError:
            self.refuse(f"{where} is not JSON")

    def _unique(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            twice = next(name for name, count in counts.items() if count > 1)
            self.refuse(f"the entry {short(twice)} stands in it twice")
        return dict(pairs)

    def _constant(self, word: str) -> NoReturn:
        self.refuse(f"it holds {word} where a number should be")
