import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.files import cannot_write, json_text, numbers, remove_if_empty, replacing, write_bytes, write_text


def test_the_new_file_takes_the_place_of_the_old(tmp_path):
    path = tmp_path / "deep" / "a.txt"
    write_text(path, "old")
    write_text(path, "new ü")
    assert path.read_text(encoding="utf-8") == "new ü"
    assert [entry.name for entry in path.parent.iterdir()] == ["a.txt"]


def test_bytes_are_written_as_they_are(tmp_path):
    write_bytes(tmp_path / "deep" / "a.bin", b"\xff\r\n")
    assert (tmp_path / "deep" / "a.bin").read_bytes() == b"\xff\r\n"


def test_after_an_error_the_old_file_stands_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def fail_halfway():
        with replacing(path) as partial:
            partial.write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail_halfway()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_only_empty_folders_are_removed(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "runs" / "iris" / name).mkdir(parents=True)
    remove_if_empty(tmp_path / "runs" / "iris" / "a", above=2)
    assert [path.name for path in (tmp_path / "runs" / "iris").iterdir()] == ["b"]
    (tmp_path / "keep").touch()
    remove_if_empty(tmp_path / "runs" / "iris" / "b", above=9)
    assert [path.name for path in tmp_path.iterdir()] == ["keep"]


def test_whether_a_folder_can_be_written_is_tried_and_leaves_nothing(tmp_path):
    assert cannot_write(tmp_path / "a" / "b") is None
    (tmp_path / "file").touch()
    assert cannot_write(tmp_path / "file") == "Not a directory"
    assert cannot_write(tmp_path / "file" / "a") == "Not a directory"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


NUMBERS = st.floats() | st.integers(-(2**53), 2**53)


def refuse(word):
    raise AssertionError(f"{word} is no JSON")


@given(st.dictionaries(st.text(), NUMBERS))
def test_metrics_come_back_from_json_that_every_reader_takes(metrics):
    read = json.loads(json_text(metrics), parse_constant=refuse)
    for name, value in numbers(read).items():
        assert value == metrics[name] or (math.isnan(value) and not math.isfinite(metrics[name]))
    assert read.keys() == metrics.keys()


def test_numbers_that_json_does_not_know_are_null_wherever_they_stand():
    values = {"a": [1.5, math.nan], "b": {"c": (math.inf, "x", None, True)}}
    assert json.loads(json_text(values)) == {"a": [1.5, None], "b": {"c": [None, "x", None, True]}}
    assert values["a"][0] == 1.5
