"""Parquet, Feather and Arrow files, whole and broken."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather, ipc

from tests.data.table_files import fault_of
from trainyard.data.read import read_table

TABLE = pa.table({"age": [1, 2, None], "name": ["a", None, "c"], "length": [1.5, None, 3.0]})


@pytest.mark.parametrize("name", ["fish.parquet", "fish.pq", "fish.feather", "fish.arrow", "stream.arrow"])
def test_columnar_files(tmp_path, name):
    path = tmp_path / name
    if path.suffix in (".parquet", ".pq"):
        pq.write_table(TABLE, path)
    elif path.suffix == ".feather":
        feather.write_feather(TABLE, path)
    else:
        new = ipc.new_stream if path.stem == "stream" else ipc.new_file
        with new(path, TABLE.schema) as writer:
            writer.write_table(TABLE)
    assert read_table(path).to_pydict() == TABLE.to_pydict()


@pytest.mark.parametrize(("name", "kind", "mark"), [("fish.parquet", "Parquet", "PAR1"),
                                                    ("fish.feather", "Feather", "ARROW1")])  # fmt: skip
def test_poisoned_columnar_files(tmp_path, name, kind, mark):
    path = tmp_path / name
    pq.write_table(TABLE, path) if kind == "Parquet" else feather.write_feather(TABLE, path)
    whole = path.read_bytes()
    path.write_bytes(b"a,b\n1,2\n")
    assert fault_of(path) == f"{name} is not a {kind} file: it does not begin with {mark} ({path})."
    path.write_bytes(whole[:-5])
    assert fault_of(path) == (
        f"{name} is cut off: it does not end with {mark}, as a whole {kind} file does. Copy it again ({path})."
    )
    path.write_bytes(whole[: len(mark)] + whole[-len(mark) :])
    assert fault_of(path).startswith(f"{name} is a broken {kind} file: ")
    path.write_bytes(b"")
    assert fault_of(path) == f"{path} is empty: 0 bytes."
