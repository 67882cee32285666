import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from trainyard.models.per_class import ClassResult, per_class


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.booleans())
def test_it_is_scikit_learns_table(seed, classes, weighted):
    rng = np.random.default_rng(seed)
    y, logits = rng.integers(0, classes, 25), rng.normal(size=(25, classes))
    weight = rng.uniform(0.1, 3, 25) if weighted else None
    tensors = [None if array is None else torch.from_numpy(array) for array in (logits, y, weight)]
    found = per_class(*tensors, "abcdef"[:classes])
    expected = precision_recall_fscore_support(
        y, logits.argmax(1), labels=range(classes), sample_weight=weight, zero_division=0
    )
    ours = np.array([(row.precision, row.recall, row.f1, row.support) for row in found])
    np.testing.assert_allclose(ours, np.stack(expected, 1), rtol=1e-9)


def test_each_class_has_its_label():
    rows = per_class(torch.eye(2), torch.tensor([0, 1]), None, (False, True))
    assert rows == [ClassResult(False, 1, 1, 1, 1), ClassResult(True, 1, 1, 1, 1)]
    assert rows[0].precision == pytest.approx(1)
