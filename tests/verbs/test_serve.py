"""`trainyard serve`; the server is in tests/server, and a whole command in tests/commands."""

import signal
from contextlib import contextmanager, suppress

import pytest

from trainyard.server.listen import open_port
from trainyard.verbs import serve
from trainyard.verbs.cli import run_command


@pytest.mark.parametrize("word", ["65536", "-1", "x", "5001.5", "²"])
def test_what_is_no_port_is_a_mistake(word, capsys):
    assert run_command(["serve", f"port={word}"]) == 2
    assert f"port={word}: must be a whole number from 0 to 65535" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told_before_the_model_is_loaded(project, capsys):
    with open_port(0) as opened:
        port = opened.getsockname()[1]
        assert run_command(["serve", "run=aaaaaa", f"port={port}"]) == 2
    assert f"port={port}: another program has it" in capsys.readouterr().err


def test_a_run_that_is_not_there_is_a_mistake(project, capsys):
    assert run_command(["serve", "run=aaaaaa", "port=0", "tracking=off"]) == 2
    assert "no such run" in capsys.readouterr().err


def test_help_names_every_key(capsys):
    assert run_command(["serve", "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {key} " in shown for key in serve.VERB.keys)


def test_an_interrupt_that_was_lost_while_the_model_was_loaded_ends_it(project, monkeypatch):
    @contextmanager
    def open_served(*_):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        yield None

    monkeypatch.setattr("trainyard.server.served_model.open_served", open_served)
    assert run_command(["serve", "run=aaaaaa", "port=0", "tracking=off"]) == 130
