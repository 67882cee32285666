"""Encodings and gzip: what comes out, and the whole sentence for each thing that may be wrong."""

import gzip

import pytest

from tests.data.table_files import fault_of, put
from trainyard.data.read import read_table


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "shift_jis"])
def test_encodings(tmp_path, encoding):
    word = "サケ" if encoding == "shift_jis" else "grönlax"
    path = put(tmp_path, "fish.csv", f"a,b\n1,{word}\n".encode(encoding))
    assert read_table(path, encoding=encoding).to_pydict() == {"a": [1], "b": [word]}


def test_a_wrong_byte_far_into_the_file(tmp_path):
    path = put(tmp_path, "fish.csv", b"a,b\n" + b"1,\xc3\xa9\n" * 4_000_000 + b"1,\xe9\n")
    assert fault_of(path) == (
        "fish.csv is not utf-8: line 4000002 holds the byte 0xe9 (byte 20000007 of the file). "
        "Set dataset.encoding to the file's own, perhaps cp1252."
    )


@pytest.mark.parametrize(("data", "encoding", "message"), [
    (b"a,b\n1,2\n", "utf-16", "fish.csv is not utf-16: line 1 holds the byte 0x61 (byte 1 of the file). "
                              "Set dataset.encoding to the file's own, perhaps utf-8."),
    (b"a,b\n1,\x81\n", "cp1252", "fish.csv is not cp1252: line 2 holds the byte 0x81 (byte 7 of the file). "
                                 "Set dataset.encoding to the file's own, perhaps utf-8."),
    (b"a,b\n1,2\n", "latni-1", "dataset.encoding=latni-1 is not an encoding of text. Did you mean latin-1?"),
    (b"a,b\n1,2\n", "hex", "dataset.encoding=hex is not an encoding of text. "
                           "Common ones: utf-8, cp1252, latin-1, utf-16."),
])  # fmt: skip
def test_poisoned_encoding(tmp_path, data, encoding, message):
    assert fault_of(put(tmp_path, "fish.csv", data), encoding=encoding) == message


def test_poisoned_gzip(tmp_path):
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    path = tmp_path / "fish.csv.gz"
    path.write_bytes(whole[:-9])
    assert fault_of(path) == f"fish.csv.gz is cut off: its gzip stream ends too early. Copy it again ({path})."
    for damaged in (whole[:20] + b"\x00\xff" + whole[22:], whole[:-6] + b"\x00\x00" + whole[-4:]):
        path.write_bytes(damaged)
        assert fault_of(path) == f"fish.csv.gz is a damaged gzip file. Copy it again ({path})."
    path.write_bytes(b"a,b\n1,2\n")
    assert fault_of(path) == f"fish.csv.gz is not a gzip file. Name it fish.csv if it is not compressed ({path})."
    path.write_bytes(gzip.compress(b""))
    assert fault_of(path) == f"fish.csv.gz is empty: it holds only blank lines ({path})."
