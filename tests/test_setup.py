"""Set-up: the Makefile, the pins, and the wheel. No test here asks the network."""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.checkout import REPOSITORY, copy_checkout

# A Python that notes what it is asked to do; `-m venv` makes a .venv of itself.
FAKE_PYTHON = """#!/bin/sh
case "$1" in
--version) echo "Python {version}"; exit 0 ;;
-c) exit {unfit} ;;
esac
echo "$@" >> "{log}"
if test "$2" = venv; then
    for last; do :; done
    mkdir -p "$last/bin"
    cp "$0" "$last/bin/python"
fi
exit {pip}
"""


class Yard:
    """A checkout with nothing but what set-up reads, in a path with a space, and Pythons that only take notes."""

    def __init__(self, folder):
        self.root, self.bin, self.log = folder / "a checkout", folder / "the bin", folder / "log"
        self.root.mkdir()
        self.bin.mkdir()
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(REPOSITORY / name, self.root)
        for tool in ("sh", "make", "awk", "cp", "head", "mkdir", "rm", "touch"):
            (self.bin / tool).symlink_to(shutil.which(tool))

    def python(self, name, version, *, pip=0):
        unfit = int(version.split(".")[1] not in ("11", "12", "13"))
        path = self.bin / name
        path.write_text(FAKE_PYTHON.format(version=version, unfit=unfit, log=self.log, pip=pip))
        path.chmod(0o755)
        return path

    def make(self, *arguments):
        return subprocess.run(
            ["make", *arguments], cwd=self.root, env={"PATH": str(self.bin)}, capture_output=True, text=True
        )

    @property
    def calls(self):
        calls = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return calls


@pytest.fixture
def yard(tmp_path):
    return Yard(tmp_path)


INSTALL = "-m pip install --quiet --disable-pip-version-check -e .[dev]"


def test_the_first_call_sets_up_and_the_second_only_runs(yard):
    yard.python("python3", "3.11.7")
    assert yard.make("train", "ARGS=dataset=salmon seed=1").returncode == 0
    assert yard.calls == ["-m venv --clear .venv", INSTALL, "train.py dataset=salmon seed=1"]
    started = time.perf_counter()
    assert yard.make("train").returncode == 0
    assert time.perf_counter() - started < 1.0
    assert yard.calls == ["train.py"]


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_a_changed_pin_installs_again_into_the_same_environment(yard, name):
    yard.python("python3", "3.11.7")
    yard.make("setup")
    assert len(yard.calls) == 2
    later = time.time() + 5
    os.utime(yard.root / name, (later, later))
    yard.make("setup")
    assert yard.calls == ["-m venv .venv", INSTALL]


def test_an_environment_of_another_python_is_begun_anew(yard):
    yard.python("python3", "3.11.7")
    yard.make("setup")
    other = yard.python("another python", "3.12.1")
    (yard.root / ".venv" / ".ready").unlink()
    assert yard.calls
    assert yard.make("setup", f"PYTHON={other}").returncode == 0
    assert yard.calls == ["-m venv --clear .venv", INSTALL]


def test_a_failed_install_is_tried_again(yard):
    yard.python("python3", "3.11.7", pip=1)
    assert yard.make("train").returncode != 0
    assert yard.calls[0].startswith("-m venv")
    yard.python("python3", "3.11.7")
    shutil.copy(yard.bin / "python3", yard.root / ".venv" / "bin" / "python")
    assert yard.make("train").returncode == 0
    assert yard.calls == ["-m venv .venv", INSTALL, "train.py"]


@pytest.mark.parametrize("version", ["3.10.13", "3.14.0"])
def test_a_python_too_old_or_too_new_gets_one_sentence(yard, version):
    yard.python("python3", version)
    ended = yard.make("train")
    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr.splitlines()[0] == (
        f'Trainyard needs Python 3.11, 3.12 or 3.13, and python3 is "Python {version}". '
        "Name one that fits: make setup PYTHON=/path/to/python3.12"
    )
    assert yard.calls == []
    assert not (yard.root / ".venv").exists()


def test_a_fitting_python_is_found_behind_one_that_does_not_fit(yard):
    yard.python("python3", "3.14.0")
    yard.python("python3.12", "3.12.1")
    ended = yard.make("setup")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Python 3.12.1" in ended.stdout


def test_a_named_python_is_the_only_one_that_is_tried(yard):
    yard.python("python3", "3.12.1")
    old = yard.python("old", "3.10.13")
    assert f"{old} is" in yard.make("setup", f"PYTHON={old}").stderr
    assert yard.calls == []


def test_a_bare_make_lists_every_target_with_a_line(yard):
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    assert {"setup", "train", "test", "test-all", "lint", "ui", "bench"} <= set(targets)
    lines = yard.make().stdout.splitlines()
    assert [line.split()[1] for line in lines] == targets
    assert all(len(line.split()) > 4 for line in lines)
    assert yard.calls == []


def test_test_all_is_lint_and_every_test_and_ci_calls_it(yard):
    yard.python("python3", "3.11.7")
    yard.make("test-all")
    assert yard.calls[2:] == ["-m ruff check .", "-m mypy", "-m pytest"]
    yard.make("test")
    assert yard.calls == ["-m pytest -n 2 -m not slow"]
    assert os.access(REPOSITORY / ".ci" / "run", os.X_OK)
    assert (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test-all"


PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INFO = f"trainyard-{PROJECT['version']}.dist-info"
PINS = {
    canonicalize_name(line.split("==")[0]): line.split("==")[1]
    for line in (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").split()
    if "==" in line
}
SYSTEMS = {"linux": ("Linux", "x86_64"), "darwin": ("Darwin", "arm64")}


def test_each_pin_is_one_plain_version():
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", pin) for pin in pins)
    assert len(PINS) == len(pins)
    assert PINS["torch"] == "2.13.0"


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_package_that_is_needed_is_pinned_to_what_its_users_take(python, system):
    environment = {
        "python_version": python, "python_full_version": f"{python}.5", "sys_platform": system, "os_name": "posix",
        "platform_system": SYSTEMS[system][0], "platform_machine": SYSTEMS[system][1],
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }  # fmt: skip
    asked = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    todo = [("trainyard", Requirement(line)) for line in asked]
    seen, unpinned, unfit = set(), set(), []
    while todo:
        user, requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if name.startswith(("nvidia-", "cuda-")) or name == "triton":
            continue  # those of PyTorch for Linux, which pins them itself
        if name == PROJECT["name"]:
            extras = [PROJECT["optional-dependencies"][extra] for extra in requirement.extras]
            todo += [(user, Requirement(line)) for extra in extras for line in extra]
            continue
        pin = PINS.get(name)
        if pin is None:
            unpinned.add(f"{name}, for {user}")
        elif not requirement.specifier.contains(pin, prereleases=True):
            unfit.append(f"{user} needs {requirement}, and {pin} is pinned")
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo += [(name, other) for other in requirements_of(name, {**environment, "extra": extra})]
    assert (unpinned, unfit) == (set(), [])
    assert len(seen) > 80


def requirements_of(name, environment):
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return []
    requirements = [Requirement(line) for line in lines]
    return [each for each in requirements if each.marker is None or each.marker.evaluate(environment)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of a checkout that also has choices of its machine."""
    checkout = copy_checkout(tmp_path_factory.mktemp("checkout"))
    (checkout / "conf" / "local").mkdir()
    (checkout / "conf" / "local" / "default.yaml").write_text("tracking:\n  uri: http://user:secret@host\n")
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(checkout)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_package_its_configs_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(["git", "ls-files", "conf"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert {f"trainyard/{name}" for name in listed.stdout.split()} <= names
    assert "trainyard/py.typed" in names
    assert {name.split("/")[0] for name in names} == {"trainyard", INFO}
    assert not [name for name in names if "local/" in name]
    assert f"{INFO}/licenses/LICENSE" in names


class Elsewhere:
    """A machine that has the wheel and its dependencies, but no checkout."""

    def __init__(self, folder, wheel):
        self.folder, self.venv = folder / "work", folder / "venv"
        self.folder.mkdir()
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self.venv)], check=True)
        self.python = self.venv / "bin" / "python"
        command = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--no-deps", "--no-index"]
        subprocess.run([*command, "--quiet", str(wheel)], check=True, capture_output=True)

    def run(self, *command):
        packages = str(Path(pytest.__file__).parents[1])  # on PYTHONPATH, its .pth of the editable install is not read
        env = {**os.environ, "PYTHONPATH": packages}
        env.pop("TRAINYARD_ROOT", None)
        return subprocess.run(
            [self.venv / "bin" / command[0], *command[1:]], cwd=self.folder, env=env, capture_output=True, text=True
        )


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, wheel):
    return Elsewhere(tmp_path_factory.mktemp("elsewhere"), wheel)


def test_the_console_command_works_where_there_is_no_checkout(elsewhere):
    location = elsewhere.run("python", "-c", "import trainyard; print(trainyard.__file__)").stdout
    assert location.startswith(str(elsewhere.venv))
    help_text = elsewhere.run("trainyard", "train", "--help")
    assert help_text.returncode == 0
    assert re.search(r"dataset .*digits\*.*salmon", help_text.stdout, re.DOTALL)
    config = elsewhere.run("trainyard", "train", "dataset=salmon", "--cfg", "job")
    assert (config.returncode, config.stderr) == (0, "")
    assert "name: salmon" in config.stdout
    wrong = elsewhere.run("trainyard", "train", "datset=salmon")
    assert wrong.returncode == 2
    assert "did you mean dataset?" in wrong.stderr


@pytest.mark.slow
def test_a_training_from_the_wheel_leaves_its_run_in_the_current_folder(elsewhere):
    ended = elsewhere.run("trainyard", "train", "dataset=iris", "training.max_epochs=2")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (elsewhere.folder / "runs" / "latest" / "metrics.json").exists()
    assert (elsewhere.folder / "mlflow.db").exists()
