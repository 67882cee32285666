"""Jobs of submitit: their notes, and what becomes of members whose jobs end in any way."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from trainyard.errors import TrainyardError
from trainyard.tracking.process import Process
from trainyard.training.cluster import Jobs, Note
from trainyard.training.outcome import Outcome
from trainyard.training.result import RunResult
from trainyard.training.stop import Stop

# a job: the ticket says what becomes of it
JOB = """
import os, signal, sys, time
from pathlib import Path
from trainyard.training.cluster import note_outcome, noted
from trainyard.training.outcome import Outcome
from trainyard.training.result import RunResult

ticket, file = sys.argv[1], Path(sys.argv[2])
number, what = int(ticket.split()[0]), ticket.split()[1]
with noted(file) as note_folder:
    note_folder(Path(f"/runs/{number}"))
    result = RunResult(Path(f"/runs/{number}"), "FINISHED", 0, {}, 0.5)
    try:
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60 if what == "wait" else 0)
    except (KeyboardInterrupt, SystemExit) as stopped:
        code = 130 if isinstance(stopped, KeyboardInterrupt) else stopped.code
        result = RunResult(result.folder, "KILLED", code, {}, None)
    note_outcome(file, Outcome(number, result))
"""


class Job:
    """Stands in for a job of submitit, as a process."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([sys.executable, "-c", JOB, *arguments])
        self.paths = type("Paths", (), {"stderr": Path("/jobs/log.err")})
        self.cancelled = False

    def done(self):
        return self.process.poll() is not None

    def cancel(self):
        self.cancelled = True
        self.process.send_signal(signal.SIGKILL)


class Executor:
    """Stands in for submitit: starts a job for each ticket."""

    def __init__(self):
        self.jobs = []

    def map_array(self, _function, tickets, files):
        self.jobs = [Job(*arguments) for arguments in zip(tickets, files, strict=True)]
        return self.jobs


@pytest.fixture(params=["local", "slurm"])
def jobs(request, tmp_path, monkeypatch):
    monkeypatch.setattr("trainyard.training.cluster._executor", lambda *_: Executor())
    with closing(Jobs(request.param, {}, tmp_path / "jobs", lambda *_: None)) as jobs:
        yield jobs
    for job in jobs._executor.jobs:
        job.process.kill()
        job.process.wait()


def tickets(*words):
    return {number: f"{number} {word}" for number, word in enumerate(words)}


def ended(jobs, members, stop=None):
    found = {outcome.number: outcome for outcome in jobs.train(members, stop or Stop())}
    return [found[number] for number in sorted(found)]


def test_each_job_tells_of_its_member_and_one_that_is_killed_harms_no_other(jobs):
    outcomes = ended(jobs, tickets("train", "die", "train"))
    assert [outcome.result.status for outcome in outcomes] == ["FINISHED", "KILLED", "FINISHED"]
    assert [outcome.result.exit_code for outcome in outcomes] == [0, 1, 0]
    assert str(outcomes[1].result.folder) == "/runs/1"
    assert outcomes[1].result.error == (
        "the process of this member ended without a word; what it wrote: /jobs/log.err"
    )


class StopWhen(Stop):
    """A signal comes as soon as all jobs have noted that they run."""

    def __init__(self, files, reason):
        super().__init__()
        self._files, self._reason = files, reason

    @property
    def reason(self):
        return self._reason if all(file.exists() for file in self._files) else None

    @reason.setter
    def reason(self, _value):
        pass


@pytest.mark.parametrize(("reason", "code"), [("interrupted", 130), ("terminated", 143)])
def test_a_signal_is_passed_on_to_each(jobs, tmp_path, reason, code):
    stop = StopWhen([tmp_path / "jobs" / f"member-{number}.json" for number in (0, 1)], reason)
    outcomes = ended(jobs, tickets("wait", "wait"), stop)
    assert [outcome.result.exit_code for outcome in outcomes] == [code, code]
    assert not any(job.cancelled for job in jobs._executor.jobs)


def test_jobs_that_train_still_are_ended_when_nobody_waits_any_more(jobs, tmp_path):
    waiting = jobs.train(tickets("train", "wait"), Stop())
    assert next(waiting).number == 0
    until = time.monotonic() + 30
    while Note.read(tmp_path / "jobs" / "member-1.json") is None and time.monotonic() < until:
        time.sleep(0.02)
    jobs.close()
    assert jobs._executor.jobs[1].process.wait(timeout=30) is not None


@pytest.mark.parametrize("cluster", ["local", "slurm"])
def test_what_was_written_for_jobs_of_this_machine_is_removed_when_all_went_well(tmp_path, monkeypatch, cluster):
    monkeypatch.setattr("trainyard.training.cluster._executor", lambda *_: Executor())
    for words, kept in ((("train",), cluster == "slurm"), (("train", "die"), True)):
        with closing(Jobs(cluster, {}, tmp_path / "jobs", lambda *_: None)) as jobs:
            ended(jobs, tickets(*words))
        assert (tmp_path / "jobs").exists() is kept


@pytest.mark.parametrize("jobs", ["slurm"], indirect=True)
def test_a_job_on_another_machine_is_ended_by_its_queue(jobs, tmp_path, monkeypatch):
    monkeypatch.setattr(Process, "runs_here", lambda process: None)
    stop = StopWhen([tmp_path / "jobs" / "member-0.json"], "terminated")
    (outcome,) = ended(jobs, tickets("wait"), stop)
    assert jobs._executor.jobs[0].cancelled
    assert (outcome.result.status, outcome.result.exit_code) == ("KILLED", 1)


def test_a_note_survives_its_file(tmp_path):
    assert Note.read(tmp_path / "a.json") is None
    outcome = Outcome(3, RunResult(Path("/runs/3"), "FINISHED", 0, {"test/loss": 0.5}, 0.1))
    note = Note(Process.own().as_dict(), "/runs/3", outcome.to_json())
    note.write(tmp_path / "a.json")
    assert Note.read(tmp_path / "a.json") == note
    assert json.loads((tmp_path / "a.json").read_text())["process"]["pid"] == os.getpid()


def test_without_the_programs_of_a_queue_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrainyardError, match=r'hydra/launcher=submitit_slurm: Could not detect "srun"'):
        Jobs("slurm", {"timeout_min": 60}, tmp_path, lambda *_: None)
