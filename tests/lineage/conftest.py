"""What tests of lineage stand on: a repository with data that the real DVC tracks, made once and copied."""

import shutil

import pytest

from tests.lineage.repositories import commit, dvc, git, write

IGNORED = "# what DVC leaves out\n*.tmp\n!keep.tmp\nbuild/\n/data/set/logs\n"
FILES = {
    "data/set/a.csv": "1\n", "data/set/ä ö/b.txt": "2\n", "data/set/ä ö/deep/日本.bin": "3\n",
    "data/set/z.tmp": "left out", "data/set/keep.tmp": "kept", "data/set/build/x": "left out",
    "data/set/logs/y": "left out", "data/set/sub/LOGS": "kept", "data/set/.git/config": "left out",
    "data/set/other/.dvc/config": "", "data/set/other/h": "left out", "data/set/set/ab.txt": "kept",
    "data/set/ab.txt": "left out", "data/linked/q": "left out", "data/aside.txt": "linked",
    "data/fish.csv": "length,weight\n1,2\n", ".dvcignore": IGNORED, "data/.dvcignore": "set/a?.txt\n",
}  # fmt: skip
PIPELINE = """\
stages:
  copy:
    cmd: cp fish.csv raw.csv
    wdir: data
    deps: [fish.csv]
    outs: [raw.csv]
  clean:
    cmd: cp data/raw.csv data/clean.csv
    deps: [data/raw.csv]
    outs: [data/clean.csv]
"""


@pytest.fixture(scope="session")
def made_by_dvc(tmp_path_factory):
    """A folder and a file that DVC tracks, and a pipeline that ran, all committed; not to be changed."""
    root = write(tmp_path_factory.mktemp("dvc"), FILES)
    (root / "data/set/large.bin").write_bytes(bytes(range(256)) * 5000)
    (root / "data/set/empty").mkdir()
    (root / "data/set/link.txt").symlink_to("../aside.txt")
    (root / "data/set/linked").symlink_to("../linked")
    git(root, "init")
    dvc(root, "init", "-q")
    dvc(root, "add", "-q", "data/set", "data/fish.csv")
    (root / "dvc.yaml").write_text(PIPELINE)
    dvc(root, "repro", "-q")
    commit(root, "the data")
    return root


@pytest.fixture
def project(made_by_dvc, tmp_path):
    """A copy of that repository, to be changed."""
    shutil.copytree(made_by_dvc, tmp_path / "project", symlinks=True)
    return tmp_path / "project"
