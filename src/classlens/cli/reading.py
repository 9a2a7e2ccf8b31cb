"""The options that say how a table is to be read."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from classlens.errors import ArgumentError, short

# name -> (metavar, help); all of them are read as text.
_OPTIONS = {
    "delimiter": ("SIGN", "What stands between the cells of a text file, such as ; or tab."),
    "header": ("YES|NO", "Whether the first line holds the columns' names."),
    "encoding": ("NAME", "A text file's encoding, such as latin-1."),
    "missing_words": ("WORDS", "Words that stand for a missing cell, such as NA,?."),
    "decimal": ("SIGN", "What stands before a number's fraction: . or a comma."),
    "image_size": ("SIZE", "Height and width that pictures are resized to, such as 28 or 28x20."),
    "colour": ("YES|NO", "Whether pictures keep their colours."),
}


def with_reading(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that takes ``**options`` an option for each of these."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        rest = [p for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD]
        rows = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=Annotated[
                    str | None,
                    typer.Option(
                        "--" + name.replace("_", "-"),
                        metavar=_OPTIONS[name][0],
                        help=f"{_OPTIONS[name][1]} Recognised where nothing is said."
                        if name in ("delimiter", "header", "encoding", "decimal")
                        else _OPTIONS[name][1],
                    ),
                ],
            )
            for name in names
        ]
        command.__signature__ = signature.replace(parameters=own + rows + rest)  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in own + rows + rest}
        return command

    return decorate


def reading_of(options: dict[str, str | None]) -> dict[str, Any]:
    """Takes the reading options out of a command's, as arguments of ``read_table``."""
    found: dict[str, Any] = {}
    for name in _OPTIONS:
        text = options.pop(name, None)
        if text is not None:
            found[name] = _READERS.get(name, str)(text)
    return found


def _flag(text: str) -> bool:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if text.lower() not in words:
        raise ArgumentError(f"--header and --colour must be yes or no. Got {short(text)} instead.")
    return words[text.lower()]


def _size(text: str) -> Any:
    sides = text.lower().split("x")
    if not all(side.isdigit() for side in sides) or len(sides) > 2:
        raise ArgumentError(
            f"--image-size must be a size such as 28 or 28x20. Got {short(text)} instead."
        )
    numbers = [int(side) for side in sides]
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


_READERS: dict[str, Callable[[str], Any]] = {
    "header": _flag,
    "colour": _flag,
    "image_size": _size,
    "missing_words": lambda text: tuple(text.split(",")),
}
