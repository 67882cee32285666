import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from trainyard.errors import DataError
from trainyard.inference.raw_rows import ROWS, open_raw_rows

READING = {"delimiter": None, "encoding": "utf-8", "decimal": ".", "missing_values": []}
TABLE = pa.table({"a": pa.array(range(ROWS + 5)), "b": pa.array(["x"] * (ROWS + 5)).dictionary_encode()})


@pytest.mark.parametrize(
    ("name", "write"),
    [("rows.parquet", pq.write_table), ("rows.feather", feather.write_feather), ("rows.arrow", feather.write_feather)],
)
def test_binary_files_come_some_rows_at_a_time(tmp_path, name, write):
    write(TABLE, tmp_path / name)
    source = open_raw_rows(str(tmp_path / name), READING)
    assert (source.names, source.types(["b"])) == (["a", "b"], [pa.string()])
    chunks = list(source.chunks(["a"], [], ["b", "a"]))
    assert sum(chunk.count for chunk in chunks) == ROWS + 5
    assert max(chunk.count for chunk in chunks) <= ROWS
    assert pa.concat_tables(chunk.kept for chunk in chunks)["a"].to_pylist() == list(range(ROWS + 5))
    assert chunks[-1].place(chunks[-1].count - 1) == f"row {ROWS + 5}"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("rows.xlsx", b"x", "rows.xlsx ends in .xlsx, which is not read.* set input"),
        ("rows.parquet", b"PAR1 and no more", "rows.parquet is cut off"),
        ("rows.feather", b"FEA1", "is Feather V1, which cannot be read some rows at a time. Write"),
        ("rows.feather", b"PAR1", "is not a Feather file"),
        ("other.csv", b"a,a\n1,2\n", "has 2 columns called a"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path, name, text, words):
    (tmp_path / name).write_bytes(text)
    with pytest.raises(DataError, match=words):
        open_raw_rows(str(tmp_path / name), READING)
