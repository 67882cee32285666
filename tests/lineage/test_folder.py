import hashlib
import json
import os
import time

import pytest
import yaml

from trainyard.lineage import folder
from trainyard.lineage.digest import SMALL
from trainyard.lineage.folder import file_digests, folder_md5, listing_md5, path_md5


def age(top, seconds=60):
    """Make the time stamps below a folder old enough to trust."""
    for path in top.rglob("*"):
        os.utime(path, (time.time() - seconds,) * 2)


@pytest.fixture
def many(tmp_path):
    """A folder of small files and a large one."""
    top = tmp_path / "many"
    for number in range(150):
        (top / str(number % 3)).mkdir(parents=True, exist_ok=True)
        (top / str(number % 3) / f"{number}.bin").write_bytes(bytes([number]) * number)
    (top / "large.bin").write_bytes(b"salmon\n" * (SMALL // 6))
    age(top)
    return top


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "root" / ".trainyard" / "digests"


def test_it_is_the_digest_of_dvc_add(made_by_dvc):
    [out] = yaml.safe_load((made_by_dvc / "data/set.dvc").read_text())["outs"]
    assert folder_md5(made_by_dvc / "data/set") == out["md5"]
    assert len(file_digests(made_by_dvc / "data/set")) == out["nfiles"] == 8
    assert path_md5(made_by_dvc / "data/fish.csv") in (made_by_dvc / "data/fish.csv.dvc").read_text()


def test_every_file_is_hashed_under_its_path(many):
    plain = {path.relative_to(many).as_posix(): hashlib.md5(path.read_bytes()).hexdigest()
             for path in many.rglob("*") if path.is_file()}  # fmt: skip
    assert file_digests(many) == plain
    assert folder_md5(many) == listing_md5(plain.items()) == path_md5(many)


def test_an_empty_folder_has_dvcs_digest_of_nothing(tmp_path):
    assert folder_md5(tmp_path) == "d751713988987e9331980363e24189ce.dir"


def test_files_are_hashed_once(many, memory, monkeypatch):
    known = folder_md5(many, memory)
    monkeypatch.setattr(folder, "hash_open", lambda *_: pytest.fail("hashed again"))
    assert folder_md5(many, memory) == known


def test_what_changed_came_and_went_is_seen(many, memory, monkeypatch):
    folder_md5(many, memory)
    (many / "1" / "1.bin").write_bytes(b"2")
    (many / "new.bin").write_bytes(b"n")
    (many / "2" / "2.bin").unlink()
    age(many / "1")
    hashed = []
    monkeypatch.setattr(folder, "_hash", lambda path: hashed.append(path.name) or ("0" * 32, None))
    folder_md5(many, memory)
    assert {"1.bin", "new.bin"} <= set(hashed) <= {f"{n}.bin" for n in (*range(1, 150, 3), "new")}
    monkeypatch.undo()
    assert folder_md5(many, memory) == folder_md5(many)


def test_without_memory_every_byte_is_read(many, memory):
    """A file that changed behind its time stamps, as a bad disk does it, is found by asking for the bytes."""
    known = folder_md5(many, memory)
    [note] = memory.iterdir()
    files = json.loads(note.read_bytes())["files"]
    files["large.bin"][-1] = "0" * 32
    note.write_text(json.dumps({"files": files}))
    assert folder_md5(many, memory) != known == folder_md5(many)


def test_files_just_written_are_not_trusted_yet(many, memory):
    age(many, seconds=0)
    folder_md5(many, memory)
    assert not memory.exists()


@pytest.mark.parametrize("note", ["", "[]", '{"files": 3}', "null"])
def test_a_damaged_note_costs_hashing_only(many, memory, note):
    known = folder_md5(many, memory)
    [file] = memory.iterdir()
    file.write_text(note)
    assert folder_md5(many, memory) == known


def test_a_link_that_leads_nowhere_raises(tmp_path):
    (tmp_path / "gone").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError):
        folder_md5(tmp_path)
