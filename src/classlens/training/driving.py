"""Drive: a run from call to call of its device until it ends, with progress and Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol

from classlens.training.keeping import Keeper
from classlens.training.log import Log
from classlens.training.standing import Ended, Progress, Standing

Ending = Literal["finished", "early", "interrupted", "diverged"]


class Trainer(Protocol):
    """A run, wherever its samples are."""

    @property
    def standing(self) -> Standing:
        """All that it holds, whole at every moment."""

    @property
    def log(self) -> Log:
        """The run up to its last whole epoch."""

    @property
    def memory(self) -> Any:
        """What the optimizer remembers, in NumPy's arrays."""

    @property
    def ended(self) -> Ended | None:
        """How the run has ended, or None while it goes on."""

    def advance(self) -> Progress:
        """One call of the device.

        Raises:
            Diverged: if the loss or a parameter is not finite; ``log`` then ends before that.
        """


def drive(
    trainer: Trainer, progress: Callable[[Progress], None] | None, keeper: Keeper | None = None
) -> Ending:
    """Advance until the run ends, or until Ctrl-C.

    Args:
        trainer: the run.
        progress: called after each call of the device; what it raises ends the run.
        keeper: writes where it stands; closed in the end.

    Raises:
        Diverged: as ``advance``.
    """
    try:
        while not trainer.ended:
            news = trainer.advance()
            if keeper is not None:
                keeper.offer(trainer.standing)
            if progress is not None:
                progress(news)
    except KeyboardInterrupt:
        # What the trainer holds is whole, whenever this comes.
        if keeper is not None:
            keeper.keep(trainer.standing)
    finally:
        if keeper is not None:
            keeper.close()
    return trainer.ended or "interrupted"
