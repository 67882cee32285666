import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim.lr_scheduler import CosineAnnealingLR, PolynomialLR, StepLR

from trainyard.config.schema.optimization import (
    SCHEDULES,
    Constant,
    Cosine,
    OneCycle,
    Plateau,
    Polynomial,
    Schedule,
    Step,
)
from trainyard.training.schedule import Length
from trainyard.training.schedule import learning_rate_factor as factor


def test_constant_is_one_and_needs_no_total():
    assert factor(Constant(), 10**6, Length(None, 7)) == 1
    assert factor(Plateau(), 10**6, Length(None, 7)) == 1


def test_cosine_goes_from_one_to_its_end():
    schedule = Cosine(final_factor=0.1)
    assert factor(schedule, 0, Length(101, 7)) == 1
    assert factor(schedule, 50, Length(101, 7)) == pytest.approx(0.55)
    assert factor(schedule, 100, Length(101, 7)) == pytest.approx(0.1)


def test_one_cycle_rises_to_its_peak_and_falls():
    schedule = OneCycle(peak_fraction=0.25, start_factor=0.04, final_factor=1e-4)
    assert factor(schedule, 0, Length(101, 7)) == pytest.approx(0.04)
    assert factor(schedule, 25, Length(101, 7)) == pytest.approx(1)
    assert factor(schedule, 100, Length(101, 7)) == pytest.approx(1e-4)


def test_warm_up_rises_linearly_before_the_schedule_begins():
    schedule = Cosine(warmup_steps=4)
    assert [factor(schedule, step, Length(50, 7)) for step in range(5)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert factor(schedule, 49, Length(50, 7)) == pytest.approx(0)


@given(
    st.sampled_from([kind() for kind in SCHEDULES.values()]), st.integers(1, 500), st.integers(0, 600)
)  # fmt: skip
def test_a_factor_is_never_outside_nought_and_one(schedule, total, step):
    assert 0 <= factor(schedule, step, Length(total, 7)) <= 1


def of_torch(make, steps):
    """The learning rates of a scheduler of torch over some steps, from a rate of 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, rates = make(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize(
    ("schedule", "make"),
    [
        (Step(every=3, unit="steps", factor=0.5), lambda optimizer: StepLR(optimizer, 3, 0.5)),
        (Step(every=2, factor=0.3), lambda optimizer: StepLR(optimizer, 14, 0.3)),
        (Polynomial(), lambda optimizer: PolynomialLR(optimizer, 49, 1.0)),
        (Polynomial(power=2.5), lambda optimizer: PolynomialLR(optimizer, 49, 2.5)),
        (Cosine(), lambda optimizer: CosineAnnealingLR(optimizer, 49)),
    ],
)
def test_the_closed_forms_are_torchs(schedule, make):
    ours = [factor(schedule, step, Length(50, 7)) for step in range(50)]
    assert ours == pytest.approx(of_torch(make, 50), abs=1e-9)


def test_a_polynomial_ends_where_it_is_told_to():
    assert factor(Polynomial(power=2, final_factor=0.2), 100, Length(101, 7)) == pytest.approx(0.2)


def test_steps_are_counted_after_the_warm_up():
    schedule = Step(every=5, unit="steps", warmup_steps=4)
    assert [factor(schedule, step, Length(None, 7)) for step in (4, 8, 9)] == pytest.approx([1, 1, 0.1])


def test_every_schedule_of_the_schema_has_a_form():
    assert all(factor(kind(), 0, Length(10, 7)) > 0 for kind in SCHEDULES.values())


def test_an_unknown_schedule_and_a_missing_length_are_refused():
    with pytest.raises(TypeError, match="no learning rate"):
        factor(Schedule(name="other"), 0, Length(10, 7))
    with pytest.raises(TypeError, match="schedule=cosine needs a number of steps"):
        factor(Cosine(), 0, Length(None, 7))
