"""A sweep of the lab's network: the command from start to end, beside scikit-learn on all cores."""

from __future__ import annotations

import os
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from startup import launch, megabytes
from timing import Goal, Row, at_least, at_most, compared, installed, interleaved, limited, missing

_COMMAND = str(Path(sysconfig.get_path("scripts")) / "classlens")
_FAST = Goal("at least 10,000 a second", lambda rate: rate >= 10_000)


def sweeps(quick: bool) -> Iterator[Row]:
    """Lab networks a second: ``classlens sweep``, verdicts and table included, from start to end.

    Beside it: scikit-learn's MLPClassifier with the lab's settings, fitted by joblib in as many
    processes as there are cores. Its processes are there before the clock runs. The kernel alone
    trains some 24,000 a second on two cores, and a probe in C of the same arithmetic 36,000; what
    was tried to come nearer, and what it gave, is in docs/decisions/0009.
    """
    few, many, theirs, rounds = (1_000, 2_000, 4, 1) if quick else (20_000, 100_000, 60, 3)
    contestants = {"ours": lambda: _ours(many)}
    if installed("sklearn") and installed("joblib"):
        contestants["scikit-learn"] = lambda: _theirs(theirs)
    done = interleaved(contestants, rounds)
    ours = [each for each, _ in done["ours"]]
    rates = [1 / each for each in ours]
    yield limited(f"classlens sweep, {many:,} networks", rates, _FAST, show=_rate)
    if "scikit-learn" in done:
        peers = [each for each, _ in done["scikit-learn"]]
        yield compared(
            "seconds a network",
            ours,
            peers,
            "scikit-learn",
            show=lambda value: f"{value * 1e3:.3g} ms",
            goal=at_least(300),
        )
    else:
        yield missing("seconds a network", ours, "scikit-learn", _rate)
    small, large = _ours(few)[1], max(peak for _, peak in done["ours"])
    yield limited(
        f"peak memory, {few:,} networks", [small], at_most(500e6, megabytes), show=megabytes
    )
    yield limited(
        f"peak memory, {many:,} networks", [large], at_most(500e6, megabytes), show=megabytes
    )


def _ours(networks: int) -> tuple[float, float]:
    """Seconds a network, and bytes at most."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "sweep")
        done = launch(_COMMAND, "sweep", "--seeds", str(networks), "--out", out)
    return done.seconds / networks, done.peak


def _theirs(networks: int) -> tuple[float, float]:
    import joblib

    jobs = os.cpu_count() or 1
    with joblib.Parallel(n_jobs=jobs) as parallel:
        parallel(joblib.delayed(_fit)(seed, 1) for seed in range(2 * jobs))
        started = time.perf_counter()
        parallel(joblib.delayed(_fit)(seed, 200) for seed in range(networks))
        return (time.perf_counter() - started) / networks, 0.0


def _fit(seed: int, epochs: int) -> float:
    from sklearn.neural_network import MLPClassifier

    import classlens as cl

    data = cl.blobs()
    network = MLPClassifier(
        (2,), batch_size=32, max_iter=epochs, learning_rate_init=0.01, alpha=0, tol=0,
        n_iter_no_change=epochs + 1, random_state=seed,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged, it says
        network.fit(data.X, data.y)
    return float(network.score(data.X, data.y))


def _rate(value: float) -> str:
    return f"{value:,.0f} a second"
