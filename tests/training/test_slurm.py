import pytest

from trainyard.training import slurm

VARIABLES = ("SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT")


@pytest.fixture(autouse=True)
def _no_slurm(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_outside_of_slurm_nothing_is_noted(tmp_path):
    slurm.remember(tmp_path, tmp_path)
    assert slurm.run_before(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_starts_again_finds_its_run(tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    slurm.remember(tmp_path, tmp_path / "runs")
    assert slurm.run_before(tmp_path) is None  # its first start
    monkeypatch.setenv("SLURM_RESTART_COUNT", "1")
    assert slurm.run_before(tmp_path) is None  # the run was removed
    (tmp_path / "runs").mkdir()
    assert slurm.run_before(tmp_path) == tmp_path / "runs"
    monkeypatch.setenv("SLURM_JOB_ID", "8")
    assert slurm.run_before(tmp_path) is None


def test_tasks_of_an_array_are_jobs_of_their_own(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "9")
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "7")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    assert slurm.job() == "7_3"


@pytest.mark.parametrize(
    ("script", "words"),
    [("exit 0", None), ("echo 'no such job' >&2; exit 1", "Slurm did not queue job 7 again: no such job")],
)
def test_slurm_is_asked_to_queue_the_job_again(tmp_path, monkeypatch, script, words):
    program = tmp_path / "scontrol"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert slurm.requeue() == words
    assert (tmp_path / "asked").read_text() == "requeue 7\n"


def test_without_slurms_program_a_sentence_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert "could not be asked to queue job 7 again" in slurm.requeue()
