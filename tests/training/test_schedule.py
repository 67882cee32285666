import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.config.schema import SCHEDULES, Constant, Cosine, OneCycle, Plateau, Schedule
from trainyard.training.schedule import learning_rate_factor as factor


def test_constant_is_one_and_needs_no_total():
    assert factor(Constant(), 10**6, None) == 1
    assert factor(Plateau(), 10**6, None) == 1


def test_cosine_goes_from_one_to_its_end():
    schedule = Cosine(final_factor=0.1)
    assert factor(schedule, 0, 101) == 1
    assert factor(schedule, 50, 101) == pytest.approx(0.55)
    assert factor(schedule, 100, 101) == pytest.approx(0.1)


def test_one_cycle_rises_to_its_peak_and_falls():
    schedule = OneCycle(peak_fraction=0.25, start_factor=0.04, final_factor=1e-4)
    assert factor(schedule, 0, 101) == pytest.approx(0.04)
    assert factor(schedule, 25, 101) == pytest.approx(1)
    assert factor(schedule, 100, 101) == pytest.approx(1e-4)


def test_warm_up_rises_linearly_before_the_schedule_begins():
    schedule = Cosine(warmup_steps=4)
    assert [factor(schedule, step, 50) for step in range(5)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert factor(schedule, 49, 50) == pytest.approx(0)


@given(
    st.sampled_from([Constant(), Cosine(), OneCycle(), Plateau()]), st.integers(1, 500), st.integers(0, 600)
)  # fmt: skip
def test_a_factor_is_never_outside_nought_and_one(schedule, total, step):
    assert 0 <= factor(schedule, step, total) <= 1


def test_every_schedule_of_the_schema_has_a_form():
    assert all(factor(kind(), 0, 10) > 0 for kind in SCHEDULES.values())


def test_an_unknown_schedule_and_a_missing_length_are_refused():
    with pytest.raises(TypeError, match="no learning rate"):
        factor(Schedule(name="other"), 0, 10)
    with pytest.raises(TypeError, match="schedule=cosine needs a number of steps"):
        factor(Cosine(), 0, None)
