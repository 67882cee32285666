import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainyard.models.running_sum import _by_doubling, running_sum


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.integers(1, 3))
def test_both_ways_are_the_sums_of_the_first_rows(rows, columns):
    values = torch.arange(rows * columns, dtype=torch.float64).view(rows, columns)
    expected = torch.stack([values[: row + 1].sum(0) for row in range(rows)])
    assert torch.equal(running_sum(values), expected)
    assert torch.equal(_by_doubling(values), expected)
