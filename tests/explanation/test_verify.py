"""Explanations hold for networks of all kinds, and the audit catches what does not."""

import copy
import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import classlens as cl
from classlens.analysis.slices import Slice
from classlens.errors import ArgumentError, DataError, FalseFindingError
from classlens.explanation.account import Explanation, explain, explain_example
from classlens.explanation.audit import CHECKS, verify
from classlens.explanation.words import SENTENCES


def random_network(seed, sizes, activation="relu", dtype=np.float64):
    random = np.random.default_rng(seed)
    return cl.Network.from_arrays(
        [random.normal(size=(a, b)).astype(dtype) for a, b in itertools.pairwise(sizes)],
        [random.normal(size=b).astype(dtype) for b in sizes[1:]],
        activations=[activation] * (len(sizes) - 2) + ["linear"],
    )


@pytest.fixture(scope="module")
def lab():
    data = cl.blobs()
    run = cl.fit(data)
    return run, data, explain(run, data)


@pytest.mark.parametrize("seed", range(12))
def test_trained_networks(seed):
    """Seeds 0 to 11 end good, poor, fair and with shared codes."""
    data = cl.blobs()
    run = cl.fit(data, seed=seed)
    found = explain(run, data)
    assert verify(found, run.network, data) == len(found.findings)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    hidden=st.sampled_from([(), (1,), (2,), (4,), (3, 2), (5, 5)]),
    classes=st.integers(2, 6),
    activation=st.sampled_from(["relu", "leaky_relu", "linear"]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_random_networks(seed, hidden, classes, activation, dtype):
    network = random_network(seed, (2, *hidden, classes), activation, dtype)
    random = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), random.integers(0, classes, 30)])
    data = cl.Dataset(random.normal(size=(len(y), 2)) * 3, y)
    found = explain(network, data)
    assert verify(found, network, data) == len(found.findings)
    assert str(found)


@pytest.mark.parametrize("activation", ["tanh", "gelu", "sigmoid"])
def test_curved_activations_are_said_to_be_sampled(activation):
    network = random_network(1, (2, 4, 3), activation)
    data = cl.rings(60, classes=3)
    found = explain(network, data)
    verify(found, network, data)
    (areas,) = (f for f in found.findings if f.kind == "areas")
    assert areas.scope == "sampled"
    assert "(sampled)" in str(found)


def test_many_inputs():
    random = np.random.default_rng(0)
    network = random_network(3, (7, 12, 3))
    data = cl.Dataset(random.normal(size=(50, 7)), np.arange(50) % 3)
    found = explain(network, data)
    verify(found, network, data)
    assert "at most" in str(found)
    assert "12 units. " in str(found)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_slices(activation):
    random = np.random.default_rng(0)
    network = random_network(1, (7, 6, 3), activation)
    data = cl.Dataset(random.normal(size=(50, 7)) * 3, np.arange(50) % 3)
    for plane, axes in [
        (Slice.through_features("x2", "x5", data.X[0], names=data.feature_names), "x2 -"),
        (Slice.principal(data), "s -"),
    ]:
        found = explain(network, data, slice=plane)
        assert verify(found, network, data) == len(found.findings)
        assert f"On the slice {axes}" in str(found)
        kinds = {f.kind for f in found.findings}
        assert {"areas", "boundary", "closest call", "path"} <= kinds
        shown = next(f for f in found.findings if f.kind == "areas")
        wrong = {**shown.numbers, "slice": {**shown.numbers["slice"], "v": [0.0] * 7}}
        if activation == "relu":  # sampled shares are too doubtful to be refuted
            with pytest.raises(FalseFindingError, match="areas"):
                verify(alone(found, replace(shown, numbers=wrong)), network, data)


@pytest.mark.parametrize("sizes", [(2, 5, 3), (2, 3), (6, 9, 12, 4)])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "gelu"])
def test_one_example(sizes, activation):
    random = np.random.default_rng(0)
    network = random_network(5, sizes, activation)
    data = cl.Dataset(random.normal(size=(30, sizes[0])), np.arange(30) % sizes[-1])
    for example in (0, 7, data.X[3] + 0.5):
        found = explain_example(network, example, data)
        assert verify(found, network, data) == len(found.findings) >= 1
        assert " is predicted as " in str(found)
    alone_ = explain_example(network, data.X[3])
    assert verify(alone_, network) == 1
    assert str(alone_).startswith("The example, from input to class")


def test_an_example_s_mistake_is_told(lab):
    _, data, _ = lab
    run = cl.fit(data, seed=9)
    wrong = int(np.flatnonzero(run.model.predict(data.X) != data.y)[0])
    found = explain_example(run, wrong, data)
    assert [f.kind for f in found.findings] == ["path", "mistake"]
    assert verify(found, run, data) == 2
    assert "failed it" in str(found)


def test_an_example_on_a_slice(lab):
    network = random_network(3, (4, 6, 3))
    plane = Slice.through_features(0, 2, [0.0, 0.0, 0.0, 0.0])
    found = explain_example(network, [0.1, 0.2, 0.3, 0.4], slice=plane)
    flip = found.findings[0].numbers["flip"]
    assert flip["exact"]
    assert flip["point"][1] == pytest.approx(0.2)
    assert flip["point"][3] == pytest.approx(0.4)
    assert verify(found, network) == 1


def test_an_example_that_is_not_there(lab):
    run, data, _ = lab
    with pytest.raises(ArgumentError, match=r"^example must be a whole number from 0 to 99"):
        explain_example(run, 100, data)
    with pytest.raises(ArgumentError, match=r"^data must be given to find example 3 in it"):
        explain_example(run, 3)
    with pytest.raises(DataError, match=r"must have the shape \(samples, 2\)"):
        explain_example(run, [1.0, 2.0, 3.0])


def numbers_in(value, path=()):
    """Every number inside a finding, with the way to it."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return
    if isinstance(value, dict):
        for key, each in value.items():
            yield from numbers_in(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from numbers_in(each, (*path, index))
    else:
        yield path, value


def changed(value, path, new):
    result = copy.deepcopy(value)
    place = result
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return result


# The audit asks the network, not the training, and sees a window at the points of a grid: what the
# history said and how finely something was cut it cannot know.
UNSEEN = {
    ("verdict", "epochs"),
    ("verdict", "last_drop"),
    ("areas", "regions"),
    ("areas", "error"),
    ("areas", "window"),
    ("boundary", "pieces"),
    ("boundary", "window"),
    ("boundary", "example"),
    ("boundary", "margin"),
    ("apart", "window"),
}


# One of the dozen points that a boundary shows stands for the others.
OTHER_POINTS = [("points", index) for index in range(1, 12)]


@pytest.mark.parametrize("seed", [1234, pytest.param(9, marks=pytest.mark.slow)])
def test_every_number_of_every_finding_is_checked(seed):
    data = cl.blobs()
    run = cl.fit(data, seed=seed)
    explanation = explain(run, data)
    for finding in explanation.findings:
        for path, value in numbers_in(dict(finding.numbers)):
            if (finding.kind, path[0]) in UNSEEN or path[:2] in OTHER_POINTS:
                continue
            # A length is seen at a grid's points, so only an error of some cells shows.
            off = 1.0 if path[0] == "length" else 0.3
            wrong = value + (1 if isinstance(value, int) else off + abs(value))
            false = replace(finding, numbers=changed(dict(finding.numbers), path, wrong))
            with pytest.raises(FalseFindingError, match=finding.kind):
                verify(alone(explanation, false), run, data)


def alone(explanation, finding):
    return Explanation((finding,), explanation.names)


def test_counts_and_subjects_are_checked(lab):
    run, data, found = lab
    for finding in found.findings:
        if finding.holds is not None:
            false = replace(finding, holds=finding.holds + 1)
            with pytest.raises(FalseFindingError):
                verify(alone(found, false), run.network, data)
        for key in ("unit", "class"):
            if key in finding.subject and finding.kind != "one point":
                subject = {**finding.subject, key: (finding.subject[key] + 1) % 2}
                if subject == finding.subject:
                    continue
                with pytest.raises(FalseFindingError):
                    verify(alone(found, replace(finding, subject=subject)), run.network, data)


def test_a_finding_about_another_network_is_caught(lab):
    run, data, found = lab
    other = cl.fit(data, seed=1)
    with pytest.raises(FalseFindingError, match="findings do not hold"):
        verify(found, other.network, data)
    assert verify(found, run.network, data) == len(found.findings)


def test_a_malformed_finding_is_caught(lab):
    run, data, found = lab
    broken = replace(found.findings[0], numbers={})
    with pytest.raises(FalseFindingError, match="it is malformed"):
        verify(alone(found, broken), run.network, data)


def test_examples_are_needed_for_findings_about_examples(lab):
    run, _, found = lab
    with pytest.raises(FalseFindingError, match="needs the data to be tested"):
        verify(found, run.network)


def test_every_kind_has_a_sentence_and_a_check():
    assert set(SENTENCES) == set(CHECKS)


def test_without_data_the_weights_alone_speak(lab):
    run, _, _ = lab
    found = explain(run.network)
    assert {f.kind for f in found.findings} == {"unit", "output"}
    assert all(f.scope == "weights" for f in found.findings)
    assert verify(found, run.network) == len(found.findings)
    assert "Unit 0 of L1 = max(0, 1.22 x0 + 0.92 x1 + 1.59)." in str(found)


def test_json_holds_findings_with_their_sentences(lab):
    _, _, found = lab
    told = json.loads(found.to_json())
    assert told["version"] == 1
    assert len(told["findings"]) == len(found.findings)
    assert all(each["text"] for each in told["findings"])
