"""docs/lineage.md, its commands typed one after the other in a repository of git and DVC."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import REPOSITORY, copy_checkout
from tests.lineage.repositories import commit, dvc, git

BLOCKS = re.findall(r"^```bash\n(.*?)^```$", (REPOSITORY / "docs" / "lineage.md").read_text(), re.MULTILINE | re.DOTALL)
SECONDS = 300


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """What each block of the page printed, in order."""
    root = copy_checkout(tmp_path_factory.mktemp("clone"))
    git(root, "init")
    git(root, "config", "user.name", "a")
    git(root, "config", "user.email", "a@b")
    if not (root / ".dvc").is_dir():
        dvc(root, "init", "-q")
    commit(root)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "TRAINYARD_"))}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**kept, "PATH": path, "PYTHONPATH": str(root / "src"), "MLFLOW_DISABLE_TELEMETRY": "true"}
    return [run(block, root, {**env, "DVC_NO_ANALYTICS": "1"}) for block in BLOCKS]


def run(block, root, env):
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block], cwd=root, env=env, capture_output=True, text=True, timeout=SECONDS,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.slow
def test_the_commands_of_the_page_tell_what_it_promises(typed):
    trained, lineage, uses, difference = typed
    assert "differs from the committed version" not in trained
    assert "The wine table" in lineage
    in_a_line = " ".join(lineage.split())  # where a line is broken depends on the length of the folder's path
    assert "tracked by DVC" in in_a_line
    assert "as committed in" in in_a_line
    assert "verified: these bytes lie there now" in lineage
    assert re.search(r"\n  torch +\d", lineage)
    assert uses.startswith("1 run read what has the digest ")
    assert "as committed" in uses
    assert re.search(r"\n  optimizer\.lr +0\.001 +0\.01\n", difference)
    assert "\ndata: the same\n" in difference
    assert "\ncode: the same\n" in difference
