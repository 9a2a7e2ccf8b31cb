"""``classlens train``: from a table to a model file and an honest score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classlens.cli.arguments import MISSING, Missing
from classlens.cli.options import given_settings, setting_options, with_options
from classlens.cli.reading import reading_of, reading_options
from classlens.cli.several import in_a_child, machines_of, machines_options, together
from classlens.cli.sources import check_output
from classlens.cli.telling import print_columns, print_training
from classlens.cli.terminal import OUT, News, quietly, warnings_told, with_progress, with_rows
from classlens.errors import ArgumentError
from classlens.kinds import Whole
from classlens.settings import SETTINGS, Settings
from classlens.suiting import SUITING_TABLES

if TYPE_CHECKING:
    from classlens.tabular.learning import Trained
    from classlens.tabular.streaming import Streamed
    from classlens.training import standing
    from classlens.training.checkpoint import Checkpoint

    Done = Trained | Streamed
    Learn = Callable[..., Done]

_MOST_SEEDS = 10_000
# What each of several processes may take, where nothing is said.
_SHARED_MEMORY = "1GB"


@with_options(
    *setting_options(*SETTINGS, suiting=SUITING_TABLES),
    *reading_options(
        *("delimiter", "header", "encoding", "missing_words", "decimal", "image_size", "colour")
    ),
    *machines_options(),
)
def train(  # noqa: PLR0913 - a command has as many arguments as options
    file: Annotated[
        str, typer.Argument(help="A table, a pattern such as 'data/*.csv', a folder of pictures.")
    ],
    *,
    target: Annotated[str, typer.Option(metavar="COLUMN", help="The column to predict.")] = "class",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to keep the model.")
    ] = Path("model.safetensors"),
    leave_out: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A column not to use; may be given several times."),
    ] = None,
    missing: Missing = "refuse",
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page, too, that shows the model and the rows."),
    ] = None,
    repeat: Annotated[
        str,
        typer.Option(
            metavar="COUNT",
            help="Train with so many seeds, each with its own held-out rows, and say how far the "
            "scores are spread. The first seed's model is kept.",
        ),
    ] = "1",
    memory: Annotated[
        str | None,
        typer.Option(
            metavar="AMOUNT",
            help="Train on a table of any size in about so much memory, such as 1GB: its rows are "
            "shuffled on the disk, and read from there. By default the table is read whole.",
        ),
    ] = None,
    scratch: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="With --memory, the folder for the shuffled rows, 4 bytes a number, which go in "
            "the end; by default the model's.",
        ),
    ] = None,
    checkpoint_minutes: Annotated[
        str,
        typer.Option(
            metavar="MINUTES",
            help="While it trains, keep how far it is in FILE.checkpoint, beside the model, every "
            "so many minutes; the file goes when the model is written.",
        ),
    ] = "10",
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a training that was killed, or ended by Ctrl-C, from its checkpoint; "
            "where there is none, begin.",
        ),
    ] = False,
    **options: str | None,
) -> None:
    """Train a classifier on a table and say how good it is on rows that it did not see.

    A fifth of the rows is held out and only scores. Settings that are not given suit the table.
    """
    check_output(output, file)
    if report is not None:
        check_output(report, file, output, option="--report")
    MISSING.check("--missing", missing)
    seeds = Whole(1, _MOST_SEEDS).check("--repeat", Whole().read(repeat))
    machines = machines_of(options)
    reading = reading_of(options)
    settings = given_settings(options)
    if resume:
        _check_unended(output)
    if scratch is not None and memory is None and machines is None:
        raise ArgumentError("--scratch is for --memory only. Give both, or leave it out.")
    from classlens.training.checkpoint import MINUTES, Checkpoint  # noqa: PLC0415 - loads NumPy

    minutes = MINUTES.check("--checkpoint-minutes", MINUTES.read(checkpoint_minutes))
    in_a_child(machines)
    with together(machines) as share, quietly(share.index > 0):
        kept = Checkpoint(f"{output}.checkpoint", minutes, resume, stays=True)
        if memory is None and share.count > 1:
            memory = _SHARED_MEMORY
        found = kept.found()
        if found is not None:
            from classlens.training.begun import check_begun  # noqa: PLC0415 - loads JAX

            check_begun(found, settings, None if memory is None else _bytes(memory))
        how = {"leave_out": leave_out or (), "missing": missing, **reading}
        if memory is None:
            learn = _read(file, target, how)
        else:
            learn = _scanned(file, target, how, memory, scratch or output.parent)
        done = _train(learn, settings, kept)
        if not done.run.epoch:
            raise KeyboardInterrupt
        print_training(done)
        if share.index == 0:
            _keep(done, output, kept)
            if report is not None:
                _report(report, done, f"{target} of {file}", file)
        if seeds > 1:
            _repeat(done, learn, seeds, settings)
    if share.index:
        OUT.say(f"{share} has done its part of every batch; process 0 keeps the model.")


def _check_unended(output: Path) -> None:
    """Refuse to go on with a training that has ended: its model would be paid for twice."""
    checkpoint = Path(f"{output}.checkpoint")
    if output.exists() and not checkpoint.exists():
        raise ArgumentError(
            f"{output} is there, and no {checkpoint} to go on from: the training has ended. To "
            f"train anew, leave --resume out, or delete {output}."
        )


def _bytes(memory: str) -> float:
    from classlens.tabular.streaming import MEMORY  # noqa: PLC0415

    return MEMORY.check("--memory", memory)


def _keep(done: Done, output: Path, kept: Checkpoint) -> None:
    done.model.save(output)
    OUT.say(f"wrote {output}")
    if done.run.ending != "interrupted":
        kept.remove()
    elif kept.file.exists():
        OUT.say(f"{kept.file} keeps how far it is: the same command with --resume goes on.")


def _read(file: str, target: str, how: dict[str, Any]) -> Learn:
    """Read a table whole, and say what it holds; what then learns from it."""
    from classlens.tabular.learning import learn  # noqa: PLC0415
    from classlens.tabular.preparing import prepare  # noqa: PLC0415

    prepared = prepare(file, target, **how)
    table, encoding = prepared.table, prepared.encoding
    OUT.say(" ".join((f"{len(table)} rows, {len(table.columns)} columns.", *table.notes)))
    classes = len(prepared.labels.names)
    print_columns(table, encoding.target, classes, prepared.left_out, prepared.cautions)
    return lambda news, **options: learn(prepared, progress=news, **options)


def _scanned(file: str, target: str, how: dict[str, Any], memory: str, scratch: Path) -> Learn:
    """Go through a table of any size, and say what it holds; what then learns from it."""
    from classlens.scratch import check_folder  # noqa: PLC0415
    from classlens.tabular.scanning import scan  # noqa: PLC0415
    from classlens.tabular.streaming import learn_from_disk  # noqa: PLC0415

    limit = _bytes(memory)
    check_folder(scratch)
    found = with_rows(lambda progress: scan(file, target, progress=progress, **how))
    head = found.head
    said = [f"{len(found):,} rows, {len(head.columns)} columns.", *head.notes]
    if len(head) < len(found):
        said.append(f"What the columns are, the first {len(head):,} rows tell:")
    OUT.say(" ".join(said))
    print_columns(head, target, len(found.class_names), found.left_out, found.cautions)

    def learn(news: News, **options: Any) -> Streamed:
        return learn_from_disk(
            found, memory=limit, scratch=scratch, progress=news, reading=news.rows, **options
        )

    return learn


def _train(learn: Learn, settings: dict[str, Any], kept: Checkpoint | None = None) -> Done:
    def work(news: News) -> Done:
        return learn(_going_on(news, kept), checkpoint=kept, **settings)

    with warnings_told():
        return with_progress(work, settings.get("epochs"))


def _going_on(news: News, kept: Checkpoint | None) -> News:
    """The same; of a run that goes on it is first said from where, once it is known to be that."""
    found = None if kept is None else kept.found()
    if found is None:
        return news
    said = False

    def show(progress: standing.Progress) -> None:
        nonlocal said
        if not said:
            OUT.say(f"Going on from {found.reader.path}: epoch {found.epoch} of {progress.epochs}.")
        said = True
        news.show(progress)

    return replace(news, show=show)


def _report(path: Path, done: Done, title: str, file: str) -> None:
    if done.data is None:
        OUT.say(
            f"There is no report: it shows held-out rows, and there are none. {path} is not "
            "written."
        )
        return
    from classlens.report import write_report  # noqa: PLC0415

    write_report(path, done, done.data, title=title, source=file)
    OUT.say(f"wrote {path}")


def _repeat(first: Done, learn: Learn, count: int, settings: dict[str, Any]) -> None:
    """Train with the seeds after the first one's too, and say how far the scores are spread."""
    if first.measures is None:
        OUT.say("There is nothing to repeat without a score.")
        return
    from classlens.measures import Spread  # noqa: PLC0415 - loads NumPy

    OUT.say(f"\n{count} seeds, each with its own held-out rows:")
    seed, scores = settings.get("seed", Settings.seed), []
    done = first
    for step in range(count):
        own = None if seed is None else seed + step
        if step:
            done = _train(learn, {**settings, "seed": own})
        if done.measures is None or done.run.ending == "interrupted":
            break
        scores.append(done.measures)
        told = f"accuracy {done.measures.accuracy:.1%}, log loss {done.measures.log_loss:.4f}"
        OUT.say(f"  seed {own}: {told}")
    if not scores:
        return
    accuracy, loss = (
        Spread.of([getattr(m, name) for m in scores]) for name in ("accuracy", "log_loss")
    )
    OUT.say(
        f"Accuracy over {len(scores)} seeds: mean {accuracy.mean:.1%}, standard deviation "
        f"{100 * accuracy.deviation:.1f} points, from {accuracy.low:.1%} to {accuracy.high:.1%}. "
        f"Log loss: mean {loss.mean:.4f}, standard deviation {loss.deviation:.4f}."
    )
