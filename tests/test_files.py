import pytest

from trainyard.files import replacing, write_bytes, write_text


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
