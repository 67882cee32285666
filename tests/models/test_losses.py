import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mean_pinball_loss
from torch.nn import functional

from trainyard.models.losses import focal_loss, pinball, quantile_loss

LOGITS = torch.tensor([[2.0, 0.0], [0.0, 1.0], [3.0, -3.0]])
Y = torch.tensor([0, 0, 1])


def test_focal_without_focus_is_cross_entropy():
    torch.testing.assert_close(focal_loss(LOGITS, Y, 0.0), functional.cross_entropy(LOGITS, Y, reduction="none"))


def test_focal_weighs_by_how_wrong_a_row_is():
    p = torch.softmax(LOGITS, 1)[torch.arange(3), Y]
    torch.testing.assert_close(focal_loss(LOGITS, Y, 2.0), -((1 - p) ** 2) * p.log())


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_focal_has_a_gradient_where_a_row_is_surely_right_or_wrong(gamma):
    logits = torch.tensor([[200.0, -200.0], [-200.0, 200.0]], requires_grad=True)
    focal_loss(logits, torch.tensor([0, 0]), gamma).sum().backward()
    assert logits.grad.isfinite().all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.floats(0.01, 0.99), min_size=1, max_size=4), st.integers(1, 3))
def test_the_quantile_loss_is_scikit_learns_pinball_loss(seed, levels, targets):
    generator = torch.Generator().manual_seed(seed)
    quantiles = torch.randn(9, targets, len(levels), generator=generator, dtype=torch.float64)
    y = torch.randn(9, targets, generator=generator, dtype=torch.float64)
    rows = quantile_loss(quantiles, y, torch.tensor(levels, dtype=torch.float64))
    expected = [mean_pinball_loss(y, quantiles[:, :, place], alpha=level) for place, level in enumerate(levels)]
    assert rows.shape == (9,)
    assert rows.mean().item() == pytest.approx(sum(expected) / len(levels))


def test_the_median_minimises_the_pinball_loss_at_one_half():
    y = torch.tensor([[1.0], [2.0], [9.0]])
    losses = [pinball(torch.full((3, 1, 1), at), y, torch.tensor([0.5])).sum() for at in (1.0, 2.0, 3.0)]
    assert min(losses) == losses[1]
