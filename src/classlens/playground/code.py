"""The Python code that makes a model again, from a recipe."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from classlens.data.inputs import PLAIN
from classlens.data.shipped import SHIPPED
from classlens.data.toys import TOYS
from classlens.playground.recipe import Recipe
from classlens.playground.trial import Edit
from classlens.settings import SETTINGS
from classlens.suiting import SUITING_TABLES


class TableSource(NamedTuple):
    """How a table was read.

    Attributes:
        name: the file's.
        target: its column of the classes.
        missing: what is done about missing cells.
        reading: more of ``read_table``'s arguments.
    """

    name: str
    target: str
    missing: str
    reading: Mapping[str, Any] = MappingProxyType({})


def code(
    recipe: Recipe,
    epoch: int | None,
    edits: tuple[Edit, ...],
    *,
    table: TableSource | None = None,
) -> str:
    """A program whose ``model`` is the one that the page shows.

    Args:
        recipe: what decided the model.
        epoch: the one shown, if it is not the one that the training keeps.
        edits: weights that were changed by hand.
        table: where the table is from, of a recipe that is of one.

    Example:
        >>> recipe = Recipe.of({"data": {"source": "rings"}, "settings": {"hidden": [4]}})
        >>> print(code(recipe, None, ()))
        import classlens as cl
        <BLANKLINE>
        data = cl.rings()
        run = cl.fit(data, hidden=(4,))
        model = run.model
        <BLANKLINE>
    """
    folded = recipe.standardise and table is None  # a table's features are scaled by themselves
    lines = [*_training(recipe, table), *_model(epoch, edits, folded, table is not None)]
    needs_numpy = any("np." in line for line in lines)
    head = ["import numpy as np", ""] if needs_numpy else []
    return "\n".join([*head, "import classlens as cl", "", *lines, ""])


def _training(recipe: Recipe, table: TableSource | None) -> Iterator[str]:
    if table is not None:
        said = [f"{name}={value!r}" for name, value in table.reading.items()]
        said += [] if table.missing == "refuse" else [f"missing={table.missing!r}"]
        said += _said(recipe, SUITING_TABLES)
        yield _call("run = cl.train", [repr(table.name), repr(table.target), *said]) + ".run"
        return
    yield from _data(recipe)
    names = ["data.class_names"]
    if not recipe.inputs.plain:
        features = ", ".join(map(_expression, recipe.inputs.names))
        names += [repr(recipe.inputs.names)]
        yield "x0, x1 = data.X.T.astype(float)"
        yield f"X = np.stack([{features}], axis=1).astype(np.float32)"
    elif recipe.standardise:
        names += ["data.feature_names", "data.image_shape"]
        yield "X = data.X"
    if recipe.standardise:
        yield "mean, spread = X.mean(axis=0, dtype=float), X.std(axis=0, dtype=float)"
        yield "spread[spread == 0] = 1"
    samples = "data"
    if len(names) > 1:
        samples, X = "samples", "(X - mean) / spread" if recipe.standardise else "X"
        yield _call("samples = cl.Dataset", [X, "data.y", *names])
    yield _call("run = cl.fit", [samples, *_said(recipe, {})])


def _expression(name: str) -> str:
    return name.replace("sin", "np.sin")


def _data(recipe: Recipe) -> Iterator[str]:
    if recipe.points is not None:
        rows = [[_short(value) for value in row] for row in recipe.points.X]
        yield "X = ["
        yield from (f"    [{first}, {second}]," for first, second in rows)
        yield "]"
        names = [repr(recipe.points.class_names)]
        if recipe.points.feature_names != PLAIN:
            names += [repr(recipe.points.feature_names)]
        yield f"data = cl.Dataset(X, {recipe.points.y.tolist()}, {', '.join(names)})"
    elif recipe.source in SHIPPED:
        yield f"data = cl.load({recipe.source!r})"
    elif recipe.source in TOYS:
        yield f"data = cl.{recipe.source}({', '.join(_toy(recipe))})"
    else:
        yield "data = ...  # the samples that the page was given"


def _toy(recipe: Recipe) -> Iterator[str]:
    """The arguments of the toy's own function, which for blobs have names of their own."""
    given = dict(recipe.arguments)
    if recipe.source == "blobs":
        if given.get("classes") == TOYS["blobs"].classes:
            del given["classes"]
        given = {{"classes": "centers", "noise": "spread"}.get(k, k): v for k, v in given.items()}
    for name, value in given.items():
        yield f"{name}={value!r}"


def _changed(edits: tuple[Edit, ...]) -> Iterator[str]:
    """The weights that were changed, those that a unit sends out with one value in one line."""
    for (layer, source, value), several in itertools.groupby(edits, lambda e: (*e[:2], e[3])):
        units = [unit for _, _, unit, _ in several]
        unit = units[0] if len(units) == 1 else units
        place = f"[1][{unit}]" if source < 0 else f"[0][{source}, {unit}]"
        yield f"weights[{layer}]{place} = {value!r}"


def _short(value: Any) -> str:
    """The shortest numeral that float32 reads back as the same number."""
    return str(value)


def _said(recipe: Recipe, others: Any) -> list[str]:
    """The settings that are not the defaults, as keywords."""
    return [
        f"{name}={value!r}"
        for name, value in vars(recipe.settings).items()
        if name in others or value != SETTINGS[name].default
    ]


def _call(function: str, arguments: list[str]) -> str:
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= 88:
        return line
    return "\n".join([f"{function}(", *(f"    {each}," for each in arguments), ")"])


def _model(
    epoch: int | None,
    edits: tuple[Edit, ...],
    folded: bool,
    table: bool,
) -> Iterator[str]:
    if epoch is None and not edits and not folded:
        yield "model = run.model"
        return
    yield "network = run.network" if epoch is None else f"network = run.network_at({epoch})"
    if edits or folded:
        yield "weights = [layer.get_weights() for layer in network.layers]"
        if folded:
            yield "# It has learned from standardised features; this one takes them as they are."
            yield "weights = [[each.astype(float) for each in pair] for pair in weights]"
            yield "weights[0][0] /= spread[:, None]"
            yield "weights[0][1] -= mean @ weights[0][0]"
        yield from _changed(edits)
        yield "kernels, biases = zip(*weights)"
        yield "network = cl.Network.from_arrays("
        yield "    kernels,"
        yield "    biases,"
        yield "    activations=[layer.activation for layer in network.layers],"
        yield "    classes=network.classes,"
        yield ")"
    encoding = ", encoding=run.model.encoding" if table else ""
    yield f"model = cl.Model(network, run.model.feature_names{encoding})"
