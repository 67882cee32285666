import hashlib
import json
import os
import time

import pytest

from trainyard.lineage import digest
from trainyard.lineage.digest import SMALL, file_md5, parts_md5

BIG = b"salmon\n" * (SMALL // 6)


def aged(path, data, seconds=60):
    """A file whose time stamps are old enough to trust."""
    path.write_bytes(data)
    then = time.time_ns() - seconds * 10**9
    os.utime(path, ns=(then, then))
    return path


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "root" / ".trainyard" / "digests"


@pytest.mark.parametrize("data", [b"", b"a,b\r\n1,2\r\n", BIG], ids=["empty", "CRLF kept", "large"])
def test_is_the_md5_of_the_bytes_as_dvc_has_it(tmp_path, memory, data):
    path = aged(tmp_path / "fish.csv", data)
    assert file_md5(path) == file_md5(path, memory) == hashlib.md5(data).hexdigest()


def test_a_large_file_is_hashed_once(tmp_path, memory, monkeypatch):
    path = aged(tmp_path / "fish.csv", BIG)
    known = file_md5(path, memory)
    monkeypatch.setattr(digest.hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
    assert file_md5(path, memory) == known


@pytest.mark.parametrize("keep_time", [False, True])
def test_an_edit_of_equal_size_is_seen(tmp_path, memory, keep_time):
    path = aged(tmp_path / "fish.csv", BIG)
    before, times = file_md5(path, memory), path.stat()
    with path.open("r+b") as file:
        file.write(b"S")
    if keep_time:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert path.stat().st_size == times.st_size
    assert file_md5(path, memory) == hashlib.md5(b"S" + BIG[1:]).hexdigest() != before


def test_a_file_just_written_is_not_trusted_yet(tmp_path, memory):
    file_md5(aged(tmp_path / "fish.csv", BIG, seconds=0), memory)
    assert not memory.exists()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"stamp": 3}', "null"])
def test_a_damaged_note_costs_a_hash_only(tmp_path, memory, note):
    path = aged(tmp_path / "fish.csv", BIG)
    known = file_md5(path, memory)
    [file] = memory.iterdir()
    assert json.loads(file.read_text())["md5"] == known
    file.write_text(note)
    assert file_md5(path, memory) == known


def test_a_memory_that_cannot_be_written_is_done_without(tmp_path):
    path = aged(tmp_path / "fish.csv", BIG)
    (tmp_path / "file").touch()
    assert file_md5(path, tmp_path / "file" / "digests") == hashlib.md5(BIG).hexdigest()


def test_several_files_have_a_digest_over_their_parts():
    train, test = "0" * 32, "1" * 32
    assert parts_md5([("train", train), ("test", test)]) == (
        hashlib.md5(f"train {train}\ntest {test}\n".encode()).hexdigest()
    )
    assert parts_md5([("train", train), ("test", test)]) != parts_md5([("train", test), ("test", train)])


def test_a_missing_file_raises(tmp_path, memory):
    with pytest.raises(FileNotFoundError):
        file_md5(tmp_path / "fish.csv", memory)
