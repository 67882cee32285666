import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.reports.runs import begin
from trainyard.reports import process
from trainyard.reports.process import Reporter, serve, start_reporter


@pytest.fixture
def reporter():
    reporter = start_reporter()
    yield reporter
    reporter.close()


def instead(monkeypatch, code):
    """Let the process that draws be another one."""
    monkeypatch.setattr(process, "COMMAND", [sys.executable, "-c", code])


def test_plots_are_drawn_in_the_order_asked_for_and_a_broken_run_gives_a_sentence(tmp_path, reporter):
    first, second = begin(tmp_path / "first"), begin(tmp_path / "second")
    for folder in (first, tmp_path / "none", second):
        reporter.draw(folder)
    assert reporter.result(60) == [first / "plots" / "learning_curves.png"]
    assert reporter.result(60) == (
        f"The plots could not be drawn (JournalError: There is no run in {tmp_path / 'none'}: "
        "it has no journal.jsonl.)."
    )
    assert reporter.result(60) == [second / "plots" / "learning_curves.png"]
    assert reporter.result(60) == "No plots were asked for."
    assert (first / "plots" / "learning_curves.png").read_bytes().startswith(b"\x89PNG")


def test_it_starts_at_once_and_asking_does_not_wait(tmp_path, reporter):
    began = time.monotonic()
    other = Reporter()
    other.draw(tmp_path)
    asked = time.monotonic() - began
    other.close()
    assert asked < 0.2  # seconds; importing the plotting library alone takes longer


def test_it_runs_in_a_session_of_its_own_behind_the_training(reporter):
    pid = reporter._process.pid
    assert os.getsid(pid) == pid
    waited(lambda: os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0) + process.NICENESS)


def test_a_process_that_was_killed_gives_a_sentence_for_each_request(tmp_path, reporter):
    os.kill(reporter._process.pid, signal.SIGKILL)
    waited(lambda: reporter._ended)
    reporter.draw(tmp_path)
    reporter.draw(tmp_path)
    sentence = (
        "The process that draws plots was ended by SIGKILL before it had drawn them; draw them with: trainyard report"
    )
    assert [reporter.result(60), reporter.result(60)] == [sentence, sentence]


def test_a_process_that_ends_while_it_is_waited_for_is_not_waited_for(monkeypatch, tmp_path):
    instead(monkeypatch, "input()")
    reporter = start_reporter()
    reporter.draw(tmp_path)
    assert reporter.result(60) == (
        "The process that draws plots ended before it had drawn them; draw them with: trainyard report"
    )
    reporter.close()


def test_a_process_that_cannot_start_gives_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "COMMAND", ["/no/such/python"])
    reporter = start_reporter()
    reporter.draw(tmp_path)
    assert reporter.result(0) == (
        "The process that draws plots could not be started ([Errno 2] No such file or directory: '/no/such/python'); "
        "draw them with: trainyard report"
    )
    reporter.close()


def test_an_answer_that_comes_late_is_not_taken_for_the_next_one(monkeypatch, tmp_path):
    instead(
        monkeypatch,
        "import json\nfirst, second = input(), input()\n"
        "for line in (first, second): print(json.dumps({'number': json.loads(line)['number'], 'plots': [line]}))\n",
    )
    reporter = start_reporter()
    reporter.draw(tmp_path / "first")
    assert reporter.result(0.05) == "The plots were not drawn within 0.05 s; draw them with: trainyard report"
    reporter.draw(tmp_path / "second")
    (answer,) = reporter.result(60)
    assert "second" in str(answer)
    reporter.close()


@pytest.mark.parametrize("asked", [False, True])
def test_closing_ends_the_process(tmp_path, asked):
    folder = begin(tmp_path / "run")
    reporter = start_reporter()
    if asked:
        reporter.draw(folder)
    reporter.close()
    reporter.close()
    assert reporter._process.returncode is not None
    assert (folder / "plots" / "learning_curves.png").exists() == asked


def test_closing_does_not_wait_for_a_process_that_hangs(monkeypatch, tmp_path):
    instead(monkeypatch, "import time; time.sleep(600)")
    monkeypatch.setattr(process, "CLOSE_SECONDS", 0.1)
    reporter = start_reporter()
    reporter.draw(tmp_path)
    reporter.close()
    assert reporter._process.returncode == -signal.SIGKILL


def test_the_process_ends_when_the_training_is_killed():
    code = (
        "import os, signal\nfrom trainyard.reports.process import start_reporter\n"
        "print(start_reporter()._process.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    parent = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert parent.returncode == -signal.SIGKILL
    waited(lambda: not runs(int(parent.stdout)))


def test_what_a_library_prints_is_no_answer(tmp_path):
    folder = begin(tmp_path / "run")
    code = (
        "import trainyard.reports.draw as draw, trainyard.reports.process as process\n"
        "draw.draw = lambda folder: print('hello') or [folder]\nprocess.main()"
    )
    request = json.dumps({"number": 7, "folder": str(folder)})
    done = subprocess.run([sys.executable, "-c", code], input=request, capture_output=True, text=True, check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [{"number": 7, "plots": [str(folder)]}]
    assert done.stderr == "hello\n"


def test_a_plotting_library_that_is_broken_is_told_when_plots_are_asked_for(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "trainyard.reports.draw", None)
    answers = io.StringIO()
    serve(io.StringIO(json.dumps({"number": 0, "folder": str(tmp_path)})), answers)
    assert json.loads(answers.getvalue())["problem"] == (
        "The plots could not be drawn (ModuleNotFoundError: import of trainyard.reports.draw halted; "
        "None in sys.modules)."
    )


def runs(pid):
    """Return whether a process is there and no zombie that has yet to be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # Linux
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def waited(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
