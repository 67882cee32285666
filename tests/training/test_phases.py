import subprocess
import sys
import time

import pytest

from trainyard.training.phases import PHASES, Phases, process_seconds


def marked():
    moments = iter([10.0, 12.0, 12.5, 16.0, 17.0])
    phases = Phases(lambda: next(moments), elapsed=3.0)
    for phase in ("imports", "prepare", "train", "imports"):
        phases.mark(phase)
    return phases


def test_what_has_passed_since_the_last_mark_belongs_to_the_phase_and_all_add_up():
    phases = marked()
    assert {name: value for name, value in phases.seconds.items() if value} == {
        "imports": 6.0, "prepare": 0.5, "train": 3.5,
    }  # fmt: skip
    assert phases.total == 17.0 - 10.0 + 3.0


def test_the_table_has_a_row_for_each_phase_that_there_was_in_the_order_of_a_run():
    lines = marked().lines()
    assert [line.split()[0] for line in lines] == ["phase", "imports", "prepare", "train", "all"]
    assert lines[1].split()[:3] == ["imports", "6.000", "60.0%"]
    assert PHASES["prepare"] in lines[2]


def test_an_unknown_phase_is_a_mistake_of_the_programmer():
    with pytest.raises(KeyError):
        Phases().mark("lunch")


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell when a process began")
def test_a_process_knows_how_long_it_has_been_running():
    started = time.monotonic()
    code = "import time; time.sleep(0.3); from trainyard.training.phases import process_seconds as s; print(s())"
    told = float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert 0.29 < told < time.monotonic() - started + 0.02
    assert process_seconds() > 0


def test_a_stopwatch_of_the_process_counts_what_was_before_it():
    phases = Phases.of_process()
    phases.mark("imports")
    assert phases.seconds["imports"] == pytest.approx(process_seconds(), abs=0.5)
