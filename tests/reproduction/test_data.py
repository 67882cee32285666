import os

import pytest

from tests.lineage.repositories import dvc, write
from trainyard.lineage.folder import path_md5
from trainyard.reproduction.data import cache_folder, restore_data

FILES = {"data/fish.csv": "length\n1\n", "data/set/a.txt": "a", "data/set/b/c.txt": "c"}


@pytest.fixture(scope="module")
def tracked(tmp_path_factory):
    """A project whose file and folder DVC has, in its cache and on its remote."""
    root = write(tmp_path_factory.mktemp("project"), FILES)
    dvc(root, "init", "--no-scm", "-q")
    dvc(root, "remote", "add", "-d", "shelf", str(tmp_path_factory.mktemp("remote")))
    dvc(root, "add", "-q", "data/fish.csv", "data/set")
    dvc(root, "push", "-q")
    return root


def entry(root, name):
    return {"part": "train", "path": str(root / name), "digest": path_md5(root / name)}


def test_what_still_lies_there_is_taken_from_there(tracked, tmp_path):
    for name in ("data/fish.csv", "data/set"):
        assert restore_data(entry(tracked, name), tracked, tmp_path) == tracked / name


@pytest.mark.parametrize("name", ["data/fish.csv", "data/set"])
def test_what_was_changed_comes_from_the_cache(tracked, tmp_path, name):
    before = {**entry(tracked, name), "path": str(tmp_path / "gone" / os.path.basename(name))}
    found = restore_data(before, tracked, tmp_path / "into")
    assert found.name == os.path.basename(name)
    assert path_md5(found) == before["digest"]
    assert tmp_path in found.parents


@pytest.mark.parametrize("name", ["data/fish.csv", "data/set"])
def test_what_the_cache_lacks_comes_from_the_remote(tracked, tmp_path, name):
    elsewhere = write(tmp_path / "clone", {})
    elsewhere.mkdir(exist_ok=True)
    dvc(elsewhere, "init", "--no-scm", "-q")
    (elsewhere / ".dvc" / "config").write_text((tracked / ".dvc" / "config").read_text())
    found = restore_data({**entry(tracked, name), "path": "/nowhere/data"}, elsewhere, tmp_path / "into")
    assert path_md5(found) == path_md5(tracked / name)


def test_bytes_that_nobody_has_are_none(tracked, tmp_path):
    lost = {"part": "train", "path": str(tracked / "data/fish.csv"), "digest": "0" * 32}
    assert restore_data(lost, tracked, tmp_path) is None
    assert cache_folder(tmp_path) is None
    assert restore_data(lost, tmp_path, tmp_path) is None
