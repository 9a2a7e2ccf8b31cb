"""The options that commands share: the settings table's rows, and what is read from their text."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

import typer

from classlens.errors import ArgumentError, Problems, did_you_mean, short
from classlens.settings import SETTINGS, Setting, Settings

Window = tuple[tuple[float, float], tuple[float, float]]


def with_options(*rows: inspect.Parameter) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that takes ``**options`` these, after its own."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        command.__signature__ = signature.replace(parameters=[*own, *rows])  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in (*own, *rows)}
        return command

    return decorate


def text_option(name: str, metavar: str, help: str) -> inspect.Parameter:  # noqa: A002 - typer's word
    """An option that is read as text, and judged elsewhere; None where it is not given."""
    option = typer.Option(option_name(name), metavar=metavar, help=help)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, option],
    )


def setting_options(
    *names: str, suiting: Mapping[str, Any] = MappingProxyType({}), several: bool = False
) -> list[inspect.Parameter]:
    """Options for rows of the settings table.

    Args:
        names: the rows.
        suiting: defaults where they are not the table's; None stands for one that suits the data.
        several: whether each may be given several times; it is then a list of texts.
    """
    rows = [
        _setting_option(SETTINGS[name], suiting.get(name, SETTINGS[name].default), name in suiting)
        for name in names
    ]
    if not several:
        return rows
    return [
        row.replace(annotation=Annotated[list[str] | None, row.annotation.__metadata__[0]])
        for row in rows
    ]


def _setting_option(setting: Setting, default: Any, suits: bool) -> inspect.Parameter:
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else str(default).lower()
    if suits and default is None:
        shown = "what suits the data"
    return text_option(
        setting.name,
        setting.name.split("_")[-1].upper(),
        f"{setting.help} {setting.range[0].upper()}{setting.range[1:]}. [default: {shown}]",
    )


def option_name(setting: str) -> str:
    """``--learning-rate`` for ``learning_rate``."""
    return "--" + setting.replace("_", "-")


def settings_of(options: dict[str, str | None]) -> Settings:
    """The settings that the given options stand for; what is wrong with any is said at once."""
    return Settings.of(given_settings(options))


def given_settings(options: dict[str, str | None]) -> dict[str, Any]:
    """The settings that are given, each by itself; what is wrong with any is said at once."""
    lists = {name: None if text is None else [text] for name, text in options.items()}
    return {name: value for name, (value,) in given_choices(lists).items()}


def given_choices(options: Mapping[str, Sequence[str] | None]) -> dict[str, list[Any]]:
    """The same of settings that may be given several times: a list of values for each."""
    problems = Problems()
    values: dict[str, list[Any]] = {}
    for name, texts in options.items():
        for text in texts or ():
            try:
                values.setdefault(name, []).append(SETTINGS[name].read(text))
            except ArgumentError as error:
                problems.add(str(error).replace(f"{name} must", f"{option_name(name)} must", 1))
    problems.raise_if_any(ArgumentError)
    return values


def window_of(text: str) -> Window:
    """The window that ``-5:5,-4:4`` stands for.

    Raises:
        ArgumentError: if the text is no window.
    """
    try:
        (low0, high0), (low1, high1) = (
            [float(number) for number in part.split(":")] for part in text.split(",")
        )
    except ValueError:
        raise ArgumentError(
            f"--window must be two ranges LOW:HIGH, such as -5:5,-4:4. Got {short(text)} instead."
        ) from None
    return (low0, high0), (low1, high1)


def cells_of(option: str, text: str, names: Sequence[str]) -> dict[str, str]:
    """The values that ``x0=0.5,colour=red`` gives, by name; a name may hold commas and the like.

    Raises:
        ArgumentError: if a name is not one of the features or is there twice.
    """
    values: dict[str, str] = {}
    rest = text
    while rest:
        known = [name for name in names if rest.startswith(f"{name}=")]
        if not known:
            name = rest.partition("=")[0]
            raise ArgumentError(
                f"{option} must give features as name=value, separated by commas. The features "
                f"are {', '.join(names)}. Got {short(name)} instead." + did_you_mean(name, names)
            )
        name = max(known, key=len)
        value, _, rest = rest[len(name) + 1 :].partition(",")
        if name in values:
            raise ArgumentError(f"{option} must give each feature once. Got {short(name)} twice.")
        values[name] = value
    return values


def features_of(option: str, text: str, names: Sequence[str]) -> dict[str, float]:
    """The numbers that ``x0=0.5,x1=-1`` gives, by name.

    Raises:
        ArgumentError: as ``cells_of``, and if a value is no finite number.
    """
    values: dict[str, float] = {}
    for name, text_ in cells_of(option, text, names).items():
        try:
            values[name] = float(text_)
        except ValueError:
            values[name] = math.nan
        if not math.isfinite(values[name]):
            raise ArgumentError(
                f"{option} must give {short(name)} a finite number. Got {short(text_)} instead."
            )
    return values


def example_of(option: str, text: str, names: Sequence[str]) -> list[float]:
    """The example that ``x0=0.5,x1=-1`` stands for, one value for each feature.

    Raises:
        ArgumentError: as ``features_of``, and if a feature is missing.
    """
    values = features_of(option, text, names)
    missing = [name for name in names if name not in values]
    if missing:
        raise ArgumentError(f"{option} must give every feature. Missing: {', '.join(missing)}.")
    return [values[name] for name in names]
