import signal

import pytest

from trainyard.training.stop import Stop, interrupt_in_order, stop_on_signals


def test_nothing_stops_a_training_by_itself():
    assert not Stop().poll()
    assert Stop().exit_code == 0
    assert Stop().time_left is None


def test_a_deadline_stops_it_when_it_has_passed():
    stop = Stop()
    stop.limit(3600)
    assert not stop.poll()
    assert 3590 < stop.time_left <= 3600
    stop.limit(0)
    assert stop.poll()
    assert stop.time_left == 0
    assert (stop.reason, stop.exit_code) == ("max_time", 0)


def test_a_reason_that_came_first_is_kept():
    stop = Stop()
    stop.reason = "early_stopping"
    stop.limit(0)
    assert stop.poll()
    assert stop.reason == "early_stopping"


@pytest.mark.parametrize(
    ("number", "reason", "code"), [(signal.SIGINT, "interrupted", 130), (signal.SIGTERM, "terminated", 143)]
)
def test_a_signal_asks_to_stop_and_the_second_insists(number, reason, code):
    stop, before = Stop(), signal.getsignal(number)
    with stop_on_signals(stop):
        signal.raise_signal(number)
        assert stop.poll()
        assert (stop.reason, stop.exit_code) == (reason, code)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_stop_that_another_process_told_of_makes_the_own_signal_no_second_one():
    stop = Stop()
    with stop_on_signals(stop):
        stop.reason = "terminated"
        signal.raise_signal(signal.SIGTERM)
        assert stop.exit_code == 143
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


@pytest.fixture
def interrupt():
    """Ctrl-C is as it was after the test."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_raises_once_something_has_begun_but_stays_ignored_where_it_is(interrupt):
    for before, after in {signal.SIG_IGN: signal.SIG_IGN, signal.SIG_DFL: signal.default_int_handler}.items():
        signal.signal(signal.SIGINT, before)
        interrupt_in_order()
        assert signal.getsignal(signal.SIGINT) is after
