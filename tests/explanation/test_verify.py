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
from classlens.errors import FalseFindingError
from classlens.explanation.account import Explanation, explain
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
    assert "12 units: their codes are left out here" in str(found)


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


def test_every_number_of_every_finding_is_checked(lab):
    run, data, found = lab
    seed9 = cl.fit(data, seed=9)
    for network, explanation in [
        (run.network, found),
        (seed9.network, explain(seed9, data)),
    ]:
        for finding in explanation.findings:
            for path, value in numbers_in(dict(finding.numbers)):
                if (finding.kind, path[0]) in UNSEEN:
                    continue
                # A length is seen at a grid's points, so only an error of some cells shows.
                off = 1.0 if path[0] == "length" else 0.3
                wrong = value + (1 if isinstance(value, int) else off + abs(value))
                false = replace(finding, numbers=changed(dict(finding.numbers), path, wrong))
                with pytest.raises(FalseFindingError, match=finding.kind):
                    verify(alone(explanation, false), network, data)


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
