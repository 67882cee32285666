"""`trainyard lineage`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reports.runs import LINEAGE, traced_run
from tests.verbs.conftest import REPOSITORY
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]
FISH = "b026324c6904b2a9cb4b88d6d61c81d1"  # of "1\n"


@pytest.fixture
def run(project: Path) -> Path:
    """The newest run, which read fish.csv."""
    file = {**LINEAGE["data"]["files"][0], "path": str(project / "fish.csv"), "digest": FISH}
    data = {**LINEAGE["data"], "digest": FISH, "files": [file]}
    folder = traced_run(project / "runs" / "fish" / "2026-01-01_10-00-00-aaaaaa", lineage={"data": data})
    (project / "runs" / "latest").symlink_to(folder)
    (project / "fish.csv").write_text("1\n")
    return folder


@pytest.mark.parametrize("argv", [[], ["run=latest"], ["run=aaaaaa"], ["run=f00d"]])
def test_it_tells_where_a_run_came_from(run: Path, argv: list[str], capsys: Capture) -> None:
    assert run_command(["lineage", *argv]) == 0
    shown = capsys.readouterr().out
    assert f"folder     {run}\n" in shown
    assert "torch 2.10.0" in shown
    assert "verified" not in shown


def test_packages_verification_and_json_are_asked_for(run: Path, capsys: Capture) -> None:
    assert run_command(["lineage", "packages=all", "verify=true"]) == 0
    shown = capsys.readouterr().out
    assert "\n  abacus   1.0\n" in shown
    assert "verified: these bytes lie there now" in shown
    assert run_command(["lineage", "json=true"]) == 0
    assert json.loads(capsys.readouterr().out)["seeds"] == {"seed": 1, "split_seed": 0}


@pytest.mark.parametrize("data", ["fish.csv", FISH, FISH[:8]])
def test_it_lists_the_runs_that_read_some_bytes(
    run: Path, project: Path, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert run_command(["lineage", f"data={data}"]) == 0
    assert "  runs/fish/2026-01-01_10-00-00-aaaaaa  FINISHED  test/accuracy  0.7500" in capsys.readouterr().out
    assert run_command(["lineage", f"data={data}", "json=true", "verify=true"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert FISH.startswith(told["digest"])
    assert [use["run"] for use in told["runs"]] == ["runs/fish/2026-01-01_10-00-00-aaaaaa"]


def test_other_bytes_were_read_by_no_run(run: Path, project: Path, capsys: Capture) -> None:
    (project / "set").mkdir()
    assert run_command(["lineage", f"data={project / 'set'}"]) == 0
    assert capsys.readouterr().out == "No run read what has the digest d751713988987e9331980363e24189ce.dir.\n"


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["run=aaaaab"], "did you mean aaaaaa?"),
        (["run=latest", "data=fish.csv"], "run and data: one of them at a time"),
        (["packages=some"], "packages=some: is all or not given"),
        (["json=1"], "json=1: must be true or false"),
        (["data=fisch.csv"],
         "data=fisch.csv: no such file or folder, nor a digest (6 to 32 hexadecimal digits); did you mean fish.csv?"),
    ],
)  # fmt: skip
def test_mistakes_are_told(
    run: Path, project: Path, argv: list[str], told: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert run_command(["lineage", *argv]) == 2
    assert told in capsys.readouterr().err


def test_neither_mlflow_nor_anything_heavy_is_imported(run: Path, project: Path) -> None:
    code = (
        "import sys; from trainyard.verbs.cli import run_command;"
        "codes = [run_command([verb, *more]) for verb, *more in "
        f"(('lineage',), ('lineage', 'data={FISH}'), ('diff', 'latest', 'latest'))];"
        "heavy = {'torch', 'mlflow', 'pandas', 'sklearn', 'pyarrow', 'matplotlib', 'numpy', 'dvc', 'hydra'};"
        "print(codes, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[0, 0, 0] []\n")
