"""A member's ticket: the same config in a process of its own, without secrets on the way."""

from pathlib import Path

import pytest

from trainyard.config.command import TrainCommand
from trainyard.config.compose import Composed
from trainyard.config.flags import parse_flags
from trainyard.config.ticket import Ticket


def command(*argv: str) -> TrainCommand:
    return TrainCommand(parse_flags(argv), "python train.py")


def tickets_of(*argv: str) -> list[Ticket]:
    train = command("-m", *argv)
    return train.tickets(train.compose_sweep(), parent="p" * 32, command="python train.py -m", side_by_side=2)


def opened(ticket: Ticket) -> list[tuple[Composed, Path]]:
    """Run the one member of a ticket as a process of its own does."""
    train = command(*ticket.argv)
    seen: list[tuple[Composed, Path]] = []
    train.run_members(train.compose_member(ticket), lambda composed, folder: seen.append((composed, folder)))
    return seen


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))


def test_it_survives_its_line() -> None:
    ticket = tickets_of("seed=1,2", "note='two\nlines'")[1]
    assert Ticket.from_json(ticket.to_json()) == ticket
    assert "\n" not in ticket.to_json()


def test_a_member_is_the_same_in_a_process_of_its_own(tmp_path: Path) -> None:
    argv = ("dataset=iris,salmon", "network.hidden=[8],[8,8]", "tags.größe=x", "run_name='at ${now:%f} ${run_id:}'")
    train = command("-m", *argv)
    sweep = train.compose_sweep()
    here: list[tuple[Composed, Path]] = []
    train.run_members(sweep, lambda composed, folder: here.append((composed, folder)))
    tickets = train.tickets(sweep, parent="p" * 32, command="", side_by_side=1)
    for ticket, (composed, folder) in zip(tickets, here, strict=True):
        ((again, again_folder),) = opened(Ticket.from_json(ticket.to_json()))
        assert again.config == composed.config
        assert again.overrides == composed.overrides
        assert again_folder == folder


def test_secrets_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_OF_THE_TEAM", "hunter22")
    key = "${oc.env:KEY_OF_THE_TEAM}"
    ticket = tickets_of("seed=1,2", f"tags.api_key='{key}'", f"note='see {key}'")[0]
    assert "hunter22" not in ticket.to_json()
    ((member, _),) = opened(ticket)
    assert member.config.tags["api_key"] == "hunter22"
    assert member.config.note == "see hunter22"
    assert set(member.config.masked) == {"tags.api_key", "note"}


def test_what_becomes_of_files_meanwhile_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conf" / "experiment").mkdir(parents=True)
    (tmp_path / "train.py").touch()
    preset = tmp_path / "conf" / "experiment" / "mine.yaml"
    preset.write_text("# @package _global_\noptimizer: {lr: 0.5}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ticket = tickets_of("experiment=mine", "seed=1,2")[0]
    preset.write_text("# @package _global_\noptimizer: {lr: 0.1}\n", encoding="utf-8")
    ((member, _),) = opened(ticket)
    assert member.config.optimizer.lr == 0.5


def test_flags_and_a_resolved_config_go_along(tmp_path: Path) -> None:
    from trainyard.config.text import to_yaml

    resolved = tmp_path / "config.yaml"
    resolved.write_text(to_yaml(command("dataset=iris", "optimizer.lr=0.3").compose().config), encoding="utf-8")
    (tmp_path / "more" / "network").mkdir(parents=True)
    (tmp_path / "more" / "network" / "deep.yaml").write_text("name: mlp\nhidden: [4, 4, 4]\n", encoding="utf-8")
    ticket = tickets_of(f"config={resolved}", "--config-dir", str(tmp_path / "more"), "network=deep", "seed=1,2")[1]
    ((member, _),) = opened(ticket)
    assert (member.config.dataset.name, member.config.optimizer.lr, member.config.seed) == ("iris", 0.3, 2)
    assert vars(member.config.network)["hidden"] == (4, 4, 4)
