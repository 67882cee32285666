"""`trainyard clean`."""

import os
import time
from pathlib import Path

import pytest

from trainyard.data.cache import USED, Cache
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]
DAY = 86400


@pytest.fixture
def entries(project: Path) -> Path:
    """Three prepared datasets of a megabyte each, last used 1, 20 and 40 days ago."""
    cache = Cache.of(project)
    for key, days in {"a" * 32: 1, "b" * 32: 20, "c" * 32: 40}.items():
        cache.entry(key).mkdir(parents=True)
        (cache.entry(key) / "x.npy").write_bytes(bytes(10**6))
        (cache.entry(key) / USED).touch()
        os.utime(cache.entry(key) / USED, (time.time() - days * DAY,) * 2)
    return cache.folder


def left(folder: Path) -> str:
    return "".join(sorted(path.name[0] for path in folder.iterdir() if len(path.name) == 32))


@pytest.mark.parametrize(
    ("argv", "kept", "told"),
    [
        ([], "", "Removed 3 prepared datasets (3.0 MB); left 0 prepared datasets (0.0 MB).\n"),
        (["older_than=30d"], "ab", "Removed 1 prepared dataset (1.0 MB); left 2 prepared datasets (2.0 MB).\n"),
        (["size=1MB"], "a", "Removed 2 prepared datasets (2.0 MB); left 1 prepared dataset (1.0 MB).\n"),
        (["older_than=30d", "size=5MB"], "ab",
         "Removed 1 prepared dataset (1.0 MB); left 2 prepared datasets (2.0 MB).\n"),
        (["size=9GB"], "abc", "Removed 0 prepared datasets (0.0 MB); left 3 prepared datasets (3.0 MB).\n"),
    ],
)  # fmt: skip
def test_what_is_named_is_removed(entries: Path, argv: list[str], kept: str, told: str, capsys: Capture) -> None:
    assert run_command(["clean", *argv]) == 0
    assert left(entries) == kept
    assert capsys.readouterr().out == told


def test_what_is_being_prepared_is_left(entries: Path, project: Path) -> None:
    with Cache.of(project).locked("c" * 32):
        assert run_command(["clean", "older_than=10d"]) == 0
    assert left(entries) == "ac"


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["older_than=soon"], "older_than: 'soon' is no time; write 90s, 15m, 2h, 30d or 01:30:00"),
        (["size=big"], "size: 'big' is no size; write 500MB, 2GB or 1.5GiB"),
        (["older=3d"], "older=3d: no such key; did you mean older_than?"),
    ],
)
def test_a_mistake_removes_nothing(entries: Path, argv: list[str], told: str, capsys: Capture) -> None:
    assert run_command(["clean", *argv]) == 2
    assert capsys.readouterr().err == f"trainyard: 1 mistake in the arguments\n  {told}\n"
    assert left(entries) == "abc"


def test_an_empty_cache_is_clean(project: Path, capsys: Capture) -> None:
    assert run_command(["clean"]) == 0
    assert "Removed 0" in capsys.readouterr().out
