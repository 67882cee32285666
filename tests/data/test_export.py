import hashlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.table_files import put
from tests.data.tables import source_of
from trainyard.config.schema.dataset import DATASETS
from trainyard.data.builtin import LOADERS, SCHEMAS
from trainyard.data.export import csv_pieces, export_csv, read_exported
from trainyard.data.read import read_table
from trainyard.data.sources import made_anew
from trainyard.errors import DataError

SCHEMA = pa.schema([("a", pa.float64()), ("n", pa.int64()), ("flag", pa.bool_()), ("word", pa.string())])
VALUES = {
    "a": st.floats(allow_nan=False), "n": st.integers(-(2**63), 2**63 - 1), "flag": st.booleans(),
    "word": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
}  # fmt: skip
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}), min_size=1)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return tmp_path_factory.mktemp("exported") / "rows.csv"


@given(rows=ROWS)
def test_what_is_read_back_is_the_same_table(exported, rows):
    table = pa.Table.from_pylist(rows, SCHEMA)
    exported.write_bytes(export_csv(source_of(table)))
    back, file = read_exported(exported, SCHEMA)
    assert back.to_pylist() == table.to_pylist()
    assert back.schema == SCHEMA
    assert [str(value) for value in back["a"].to_pylist()] == [str(value) for value in table["a"].to_pylist()]  # -0.0
    assert file.rows == len(rows)


@pytest.mark.parametrize("name", LOADERS)
def test_an_exported_built_in_reads_as_a_table_of_ones_own_with_the_same_types(name, tmp_path):
    kind = DATASETS[name]
    table = made_anew(kind(name=name, target=("y",)))
    path = put(tmp_path, f"{name}.csv", export_csv(source_of(table)))
    assert read_exported(path, SCHEMAS[name])[0].equals(table)
    assert read_table(path).schema.equals(table.schema)


def test_the_bytes_stay_what_they_are():
    """Every run and every cache entry on a built-in is known by them."""
    flags = [True, None, False, True]
    table = pa.table({"a": [0.1, 1e300, 8302.0, None], "b c": ["x", "a,b", 'q"q', ""], "flag": flags})
    text = 'a,b c,flag\n0.1,x,true\n1e+300,"a,b",\n8302.0,"q""q",false\n,"",true\n'
    assert export_csv(source_of(table)).decode() == text
    assert hashlib.md5(export_csv(source_of(made_anew(DATASETS["iris"](name="i", target=()))))).hexdigest() == (
        "8edcf8bdc584798b2070130773704d9f"
    )


def test_pieces_are_the_whole(monkeypatch):
    table = pa.table({"a": [1.5, 2.5, 3.5], "b": ["x", "y", "z"]})
    whole = export_csv(source_of(table))
    monkeypatch.setattr("trainyard.data.export.PIECE", 2)
    assert b"".join(csv_pieces(table)) == whole


def fault_of(path):
    with pytest.raises(DataError) as caught:
        read_exported(path, SCHEMA)
    [fault] = caught.value.faults
    return fault


@pytest.mark.parametrize(("text", "fault"), [
    ("a,n,falg,word\n1.0,2,true,x\n",
     "rows.csv has no column flag, which was exported; did you mean falg? Export it again, or take dataset=csv for a "
     "table of your own."),
    ("a,n,flag,word,z,y\n1.0,2,true,x,1,1\n",
     "rows.csv has the columns z and y besides those that were exported. Export it again, or take dataset=csv for a "
     "table of your own."),
    ("n,a,flag,word\n1,2.0,true,x\n",
     "rows.csv has its columns in another order than was exported: n, a and flag come first instead of a, n and flag. "
     "Export it again."),
    ("a,n,flag,word\n1.0,2,true,x\nmany,2,true,x\n",
     "Column a holds 'many' (rows.csv, line 3), which is not a number as it was exported. Export it again."),
    ("a,n,flag,word\n1.0,2,true,x\n1.0,2.5,true,x\n",
     "Column n holds 2.5 (rows.csv, line 3), which is not a whole number as it was exported. Export it again."),
    ("a,n,flag,word\n1.0,2,true,x\n1.0,2,maybe,x\n",
     "Column flag holds 'maybe' (rows.csv, line 3), which is not true or false as it was exported. Export it again."),
    ("a,n,flag,word\n1.0,2,true\n",
     "rows.csv: 1 of 1 rows does not have the 4 fields of the header, first line 2 with 3. "
     "Complete or remove such rows."),
])  # fmt: skip
def test_a_file_that_was_changed_is_told_in_a_sentence(tmp_path, text, fault):
    assert fault_of(put(tmp_path, "rows.csv", text.encode())) == fault
