"""One network of a sweep, trained again by itself: ``classlens sweep --open``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from classlens.cli.learned import Learned
from classlens.cli.sources import check_output, named_data
from classlens.cli.terminal import OUT, with_progress
from classlens.kinds import Whole

if TYPE_CHECKING:
    from classlens.survey.sweeping import Survey
    from classlens.training.run import Run

# Two programs add float32 numbers in other orders: so far their losses may be apart.
_NEAR = 1e-3


def open_one(
    folder: Path,
    number: str,
    learned: Learned,
    *,
    output: Path,
    report: Path | None,
) -> None:
    """Train a network of a finished sweep again, compare it with its row, and keep it.

    Args:
        folder: the sweep's.
        number: the network's, as text.
        learned: what it learns, where the sweep does not know it by itself.
        output: where to keep the model.
        report: where to write a page, or None.

    Raises:
        ArgumentError: if there is no such network, or the data is another.
        DivergedError: if it diverges.
    """
    word = learned.word
    check_output(output, word)
    if report is not None:
        check_output(report, word, output, option="--report")
    network = Whole(0, None).check("--open", Whole().read(number))
    from classlens.survey.sweeping import Survey  # noqa: PLC0415 - loads NumPy and pyarrow

    prepared = learned.prepared()
    samples = None if prepared is None else prepared.scaled()
    if word is not None and prepared is None:
        samples = named_data(word)
    survey = Survey.load(folder, samples)
    row = survey.row(network)
    run = with_progress(lambda news: survey.run(network, progress=news), row["epochs"])
    if run.ending == "interrupted":
        raise KeyboardInterrupt
    _tell(survey, row, run)
    data = survey.data
    if prepared is not None:
        from classlens.training.rescaled import in_own_units  # noqa: PLC0415

        run = in_own_units(run, prepared.encoding.scaling(prepared.X), prepared.encoding)
        data = prepared.dataset(prepared.X)
    run.model.save(output)
    OUT.say(f"wrote {output}")
    if report is not None:
        from classlens.report import write_report  # noqa: PLC0415

        title = f"Network {network} of the sweep in {folder}"
        write_report(report, run, data, title=title, source=word or survey.source)
        OUT.say(f"wrote {report}")


def _tell(survey: Survey, row: dict[str, Any], run: Run) -> None:
    """Say how the network ends, and whether that is what the table has."""
    score = run.network.evaluate(survey.data.X, survey.data.y)
    merged = "" if row["merged"] is None else f", merged: {row['merged']}"
    dead = f", dead units: {row['dead_units']}" if row["dead_units"] else ""
    OUT.say(
        f"Network {row['network']} of {len(survey):,}, seed {row['seed']}: {score.accuracy:.1%} "
        f"of {len(survey.data):,} samples right, loss {score.loss:.4f}; verdict {row['verdict']}"
        f"{merged}{dead}."
    )
    if told := str(survey.counted):
        OUT.say(told)
    if abs(score.loss - row["loss"]) > _NEAR * max(1.0, row["loss"]) or (
        abs(score.accuracy - row["accuracy"]) * len(survey.data) > 1
    ):
        OUT.say(
            f"Take care: in the table its loss is {row['loss']:.4f}, and {row['accuracy']:.1%} are "
            "right. A large learning rate magnifies the rounding of float32, in which the two "
            "trainings differ."
        )
