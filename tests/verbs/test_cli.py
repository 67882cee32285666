"""The command line: verbs, help, and how a process ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.verbs.conftest import REPOSITORY
from trainyard.verbs.cli import VERBS, run_command

Capture = pytest.CaptureFixture[str]


def environment(project: Path) -> dict[str, str]:
    return {**os.environ, "TRAINYARD_ROOT": str(project)}


def command(project: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *argv], cwd=REPOSITORY, env=environment(project), capture_output=True,
                          text=True, check=False)  # fmt: skip


@pytest.mark.parametrize("argv", [[], ["--help"], ["-h"], ["help"]])
def test_the_overview_names_every_verb(argv: Sequence[str], capsys: Capture) -> None:
    assert run_command(argv) == 0
    shown = capsys.readouterr().out
    assert all(f"  {verb} " in shown for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_lines_to_paste(verb: str, project: Path, capsys: Capture) -> None:
    assert run_command([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Lines to paste\n" in shown
    assert max(map(len, shown.splitlines())) <= 120


@pytest.mark.parametrize("argv", [["--version"], ["train", "--version"]])
def test_the_version_is_told(argv: Sequence[str], capsys: Capture) -> None:
    assert run_command(argv) == 0
    assert capsys.readouterr().out.startswith("trainyard 0.1.0 (Hydra 1.3.")


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["trian"], "trainyard: trian: no such verb; did you mean train?\n"),
        (["dataset=iris", "seed=1"],
         "trainyard: dataset=iris: no such verb; did you mean trainyard train dataset=iris seed=1?\n"),
        (["xyz"], "trainyard: xyz: no such verb\n"),
    ],
)  # fmt: skip
def test_what_is_no_verb_is_refused(argv: Sequence[str], told: str, capsys: Capture) -> None:
    assert run_command(argv) == 2
    assert capsys.readouterr().err == f"{told}  There are {', '.join(VERBS)}.\n"


def test_completion_knows_verbs_and_what_a_training_takes(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    completions = {"trainyard tr": " ".join(VERBS), "trainyard train network=m": "network=mlp"}
    for line, found in completions.items():
        monkeypatch.setenv("COMP_LINE", line)
        assert run_command(["-sc", "query=bash"]) == 0
        assert capsys.readouterr().out == f"{found}\n"


def test_the_front_door_checks_without_torch(project: Path) -> None:
    code = (
        "import sys; from trainyard.verbs.cli import run_command; code = run_command(['train', 'optimizer.lr=0']);"
        "heavy = {'torch', 'mlflow', 'pandas', 'sklearn', 'pyarrow', 'matplotlib', 'numpy', 'pytorch_lightning'};"
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    ended = command(project, "-c", code)
    assert ended.stdout == "2 []\n"
    assert "optimizer.lr=0: must be greater than 0" in ended.stderr


@pytest.mark.parametrize(
    ("argv", "code"),
    [(["train.py", "lr=3"], 2), (["-m", "trainyard", "train", "lr=3"], 2), (["train.py", "--help"], 0),
     (["-m", "trainyard"], 0), (["train.py", "--cfg", "job"], 0)],
)  # fmt: skip
def test_a_process_ends_with_the_exit_code(project: Path, argv: list[str], code: int) -> None:
    ended = command(project, *argv)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert not list(project.iterdir())


def test_without_the_package_the_front_door_says_how_to_install_it(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-E", "-S", "-s", str(REPOSITORY / "train.py")], cwd=tmp_path,
                           capture_output=True, text=True, check=False)  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr == (
        "train.py: Trainyard is not installed for this Python; `make setup` does it, or `pip install -e .`\n"
    )


@pytest.mark.parametrize("flag", ["--cfg job", "--info all"])
def test_a_reader_that_leaves_early_gets_no_traceback(project: Path, flag: str) -> None:
    line = f"{sys.executable} train.py {flag} | head -1; echo ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", line], cwd=REPOSITORY, env=environment(project), capture_output=True,
                           text=True, check=False)  # fmt: skip
    assert ended.stderr == ""
    assert len(ended.stdout.splitlines()) == 2
    assert ended.stdout.endswith("\n0\n")


ENDLESS = """
import sys, types, time
run = types.ModuleType("trainyard.training.run")
def forever(*args, **kwargs):
    print("training", flush=True)
    time.sleep(60)
run.run = forever
sys.modules["trainyard.training.run"] = run
from trainyard.__main__ import train
sys.argv = ["train.py"]
train()
"""


COMPOSING = """
import sys, time
import trainyard.config.command as command
def compose(self):
    print("composing", flush=True)
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass  # as a library may
command.TrainCommand.compose = compose
from trainyard.__main__ import train
sys.argv = ["train.py"]
train()
"""


def test_ctrl_c_ends_the_process_while_it_composes(project: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", COMPOSING], cwd=REPOSITORY, env=environment(project), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "composing\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert (process.returncode, told) == (130, "")
    assert not list(project.iterdir())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_process_with_its_code_and_no_words(project: Path, number: int, code: int) -> None:
    with subprocess.Popen([sys.executable, "-c", ENDLESS], cwd=REPOSITORY, env=environment(project), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "training\n"
        process.send_signal(number)
        _, told = process.communicate(timeout=20)
    assert process.returncode == code
    assert told == ""
    assert not list(project.iterdir())


def test_after_torch_the_process_leaves_at_once_with_all_flushed(project: Path) -> None:
    code = (
        "import sys, atexit; sys.modules['torch'] = sys; atexit.register(print, 'too late');"
        "print('said', end=''); print('told', end='', file=sys.stderr);"
        "from trainyard.__main__ import _leave; _leave(3)"
    )
    ended = command(project, "-c", code)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "said", "told")
