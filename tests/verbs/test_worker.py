"""The process of a member: reads tickets, answers with outcomes, and ends with the sweep."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verbs.conftest import Runs
from trainyard.config.command import TrainCommand
from trainyard.config.flags import parse_flags
from trainyard.config.schema.run import Config
from trainyard.config.ticket import Ticket
from trainyard.errors import DataError
from trainyard.training.companions import Companions
from trainyard.training.outcome import Outcome
from trainyard.verbs.members import WORKER
from trainyard.verbs.worker import train_member


@pytest.fixture(autouse=True)
def _no_logging_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers that other tests have set up write to streams that are closed by now."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


def tickets(project: Path, *overrides: str) -> list[Ticket]:
    command = TrainCommand(parse_flags(["-m", "dataset=iris", "seed=1,2", *overrides]), "python train.py")
    return command.tickets(command.compose_sweep(), parent="p" * 32, command="python train.py -m", side_by_side=2)


def trained(ticket: Ticket) -> tuple[Outcome, list[Path]]:
    folders: list[Path] = []
    return train_member(ticket, Companions(None, 0), folders.append), folders


def test_a_member_runs_in_its_folder_under_its_sweep(runs: Runs, project: Path) -> None:
    ticket = tickets(project)[1]
    outcome, folders = trained(ticket)
    (call,), (config,) = runs.calls, runs.configs
    assert (config.dataset.name, config.seed) == ("iris", 2)
    assert folders == [call["folder"]] == [Path(ticket.folder) / "1-seed=2"]
    assert call["overrides"] == ["dataset=iris", "seed=2"]
    assert (call["parent"].id, call["parent"].folder) == ("p" * 32, Path(ticket.folder))
    assert (outcome.number, outcome.result.status, outcome.result.folder) == (1, "FINISHED", folders[0])


def test_what_it_says_and_complains_of_is_told_by_the_sweep(
    runs: Runs, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_PASSWORD", "hunter22")

    def refuse(_config: Config, _folder: Path) -> int:
        print("trained with hunter22")
        raise DataError("price: no such column.")

    runs.end = refuse
    outcome, _ = trained(tickets(project)[0])
    assert outcome.said == "trained with ***\n  failed: price: no such column.\n"
    assert outcome.complained == "trainyard: 1 mistake in the data\n  price: no such column.\n"
    assert (outcome.result.status, outcome.result.exit_code) == ("FAILED", 2)
    assert outcome.result.error == "price: no such column."
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("signal", "code"), [(KeyboardInterrupt(), 130), (SystemExit(143), 143)])
def test_a_signal_before_it_trains_is_an_outcome_too(
    runs: Runs, project: Path, signal: BaseException, code: int
) -> None:
    def interrupt(_config: Config, _folder: Path) -> int:
        raise signal

    runs.end = interrupt
    outcome, _ = trained(tickets(project)[0])
    assert (outcome.result.status, outcome.result.exit_code) == ("KILLED", code)


def test_what_cannot_be_composed_any_more_is_told(runs: Runs, project: Path, tmp_path: Path) -> None:
    (ticket, _) = tickets(project)
    broken = Ticket.from_json(ticket.to_json().replace("dataset=iris", "dataset=gone"))
    outcome, folders = trained(broken)
    assert (outcome.result.exit_code, folders) == (2, [])
    assert "dataset=gone: no such dataset" in outcome.complained
    assert outcome.said.startswith("  failed: dataset=gone: no such dataset")


def test_a_process_trains_ticket_after_ticket_and_ends_with_its_input(project: Path) -> None:
    pair = tickets(project, "training.max_epochs=1", "tracking=off")
    with subprocess.Popen(WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number, ticket in enumerate(pair):
            print(ticket.to_json(), file=process.stdin, flush=True)
            folder = Path(ticket.folder) / f"{number}-seed={number + 1}"
            assert process.stdout.readline() == f"began {folder}\n"
            outcome = Outcome.from_json(process.stdout.readline())
            assert (outcome.number, outcome.result.status) == (number, "FINISHED")
            assert "test accuracy" in outcome.said
            assert outcome.result.metrics == json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_without_a_ticket_a_process_imports_nothing_heavy() -> None:
    code = "import sys, trainyard.verbs.worker; print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"torch", "numpy", "hydra"}.isdisjoint(done.stdout.split())
