"""scikit-learn's own checks of an estimator: all of them, and none may fail or be left out."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from sklearn.utils.estimator_checks import check_dataframe_column_names_consistency

import classlens as cl

# In a process of its own: SciPy reads the variable when it is loaded, and without it scikit-learn
# leaves a check out.
CODE = """
import json
from sklearn.utils.estimator_checks import check_estimator
import classlens as cl
done = check_estimator(cl.NeuralClassifier(), on_fail=None, on_skip=None)
print(json.dumps([[each["check_name"], each["status"], str(each["exception"])] for each in done]))
"""


@pytest.mark.slow
def test_all_of_scikit_learns_checks_pass() -> None:
    said = subprocess.check_output(
        [sys.executable, "-c", CODE],
        text=True,
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        timeout=600,
    )
    done = json.loads(said)
    assert [each for each in done if each[1] != "passed"] == []
    names = {name for name, *_ in done}
    assert len(done) >= 62  # those for a classifier that takes sample weights
    assert "check_sample_weight_equivalence_on_dense_data" in names


def test_a_check_that_is_not_among_them() -> None:
    clf = cl.NeuralClassifier(hidden=(8,), epochs=2)
    check_dataframe_column_names_consistency("NeuralClassifier", clf)
