"""Each line of docs/estimators.md and docs/from-nolearn.md is run."""

import re

import pytest

from tests.checkout import REPOSITORY
from trainyard.verbs.cli import run_command

FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (.+?) \| `(.+)` \|$", re.MULTILINE)
ESTIMATORS, NOLEARN = ((REPOSITORY / "docs" / name).read_text("utf-8") for name in ("estimators.md", "from-nolearn.md"))
LINES = [pytest.param(line, marks=pytest.mark.slow) if line.startswith("trainyard ") else line
         for _, line in ROW.findall(NOLEARN)]  # fmt: skip


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """Return the names that the first block of the page on nolearn defines."""
    folder = tmp_path_factory.mktemp("page")
    defined = {"folder": folder}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("TRAINYARD_ROOT", str(folder))
        exec(FENCE.findall(NOLEARN)[0], defined)
    return defined


def test_the_blocks_of_the_page_on_estimators_run_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = FENCE.findall(ESTIMATORS)
    assert len(blocks) == 6
    defined = {"__name__": "page"}
    for block in blocks:
        exec(block, defined)
    assert defined["classifier"].score(defined["X_test"], defined["y_test"]) > 0.9
    assert (defined["both"].shape, defined["intervals"].shape) == ((200, 2), (200, 3))
    assert len(defined["other"].matched_weights_) == 4
    assert (tmp_path / "digits.yaml").is_file()
    assert len(defined["tracked"].callbacks[0].seen) == 5
    assert defined["tracked"].run_.parent.name == "digits"


def test_the_page_on_nolearn_has_its_lines():
    assert len(LINES) == NOLEARN.count("\n| ") - 1


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_page_on_nolearn_runs(names, monkeypatch, line):
    monkeypatch.chdir(names["folder"])
    monkeypatch.setenv("TRAINYARD_ROOT", str(names["folder"]))
    if line.startswith("trainyard "):
        assert run_command(line.split()[1:]) == 0
    else:
        eval(line, names)
