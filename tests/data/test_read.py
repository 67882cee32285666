"""What all kinds of files have in common: plain columns, names, rows, notes and lines."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather

from tests.data.table_files import fault_of, put
from trainyard.config.schema.dataset_keys import MISSING_VALUES
from trainyard.data.read import read, read_table

OPTIONS = {"delimiter": None, "encoding": "utf-8", "decimal": ".", "missing_values": MISSING_VALUES}


def test_kinds_that_only_save_space_become_plain(tmp_path):
    words = pa.array(["a", None, "a"])
    table = pa.table({
        "dictionary": words.dictionary_encode(), "large": words.cast(pa.large_string()),
        "decimal": pa.array([1, None, 3]).cast(pa.decimal128(25, 2)), "half": np.array([1, np.nan, 3], np.float16),
        "nan": pa.array([1.0, np.nan, 3.0]), "__index_level_0__": [5, 6, 7],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "fish.parquet")
    plain = read_table(tmp_path / "fish.parquet")
    assert [str(kind) for kind in plain.schema.types] == ["string", "string", "double", "double", "double"]
    assert plain.to_pydict() == {
        "dictionary": ["a", None, "a"], "large": ["a", None, "a"], "decimal": [1, None, 3], "half": [1, None, 3],
        "nan": [1, None, 3],
    }  # fmt: skip


def test_a_file_may_be_rewritten_while_its_table_is_held(tmp_path):
    path = put(tmp_path, "fish.csv", b"a,b\n1,salmon\n")
    table = read_table(path)
    path.write_bytes(b"a,b\n2,xxxxxx\n")
    assert table.to_pydict() == {"a": [1], "b": ["salmon"]}


def test_notes_and_lines_come_with_the_table(tmp_path):
    path = put(tmp_path, "fish.csv", b'a,\n1,2\n\n"3",\n"x\ny",5\n6,7\n')
    reading = read(path, **OPTIONS)
    assert reading.notes == ("fish.csv: columns without a name are called unnamed_2, by their place.",)
    assert reading.find_lines().tolist() == [2, 4, 5, 7]


def test_columnar_files_without_rows_or_with_a_repeated_name(tmp_path):
    path = tmp_path / "fish.parquet"
    pq.write_table(pa.table({"a": [], "b": []}), path)
    assert fault_of(path) == f"fish.parquet has a header with 2 columns but no rows ({path})."
    feather.write_feather(pa.table([[1], [2], [3]], names=["a", "b", "a"]), tmp_path / "fish.feather")
    assert fault_of(tmp_path / "fish.feather") == (
        "fish.feather has 2 columns called a (columns 1 and 3). Rename all but one."
    )
