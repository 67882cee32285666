"""Reading tables: what must come out, and the whole sentence for each thing that may be wrong with a file."""

import csv
import gzip
import string

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, ipc

from trainyard.config.schema.dataset import MISSING_VALUES
from trainyard.data.read import read, read_table
from trainyard.errors import DataError

OPTIONS = {"delimiter": None, "encoding": "utf-8", "decimal": ".", "missing_values": MISSING_VALUES}
TABLE = pa.table({"age": [1, 2, None], "name": ["a", None, "c"], "length": [1.5, None, 3.0]})


def put(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


def fault_of(path, **options):
    with pytest.raises(DataError) as caught:
        read_table(path, **options)
    [fault] = caught.value.faults
    return fault


# --- what must come out

@pytest.mark.parametrize(("data", "columns"), [
    (b"a,b\n1,x\n2,y\n", {"a": [1, 2], "b": ["x", "y"]}),
    (b"a,b\r\n1,x\r\n2,y", {"a": [1, 2], "b": ["x", "y"]}),
    (b"\xef\xbb\xbfa,b\n1,x\n", {"a": [1], "b": ["x"]}),
    (b"\n\na,b\n\n1,x\n\n", {"a": [1], "b": ["x"]}),
    (b'a,b\n1,"x\ny"\n2,"say ""hi"", then go"\n', {"a": [1, 2], "b": ["x\ny", 'say "hi", then go']}),
    (b' a , "b c" \n1,2\n', {"a": [1], '"b c"': [2]}),
    (b'"a","b"\n"1","2"\n', {"a": [1], "b": [2]}),
    (b"a,b\n1,5\"\n2,3\n", {"a": [1, 2], "b": ['5"', "3"]}),
    (b",a,\n1,2,3\n", {"unnamed_1": [1], "a": [2], "unnamed_3": [3]}),
], ids=["plain", "CRLF", "byte order mark", "blank lines", "quotes", "blanks", "all quoted", "inch mark", "nameless"])
def test_text_tables(tmp_path, data, columns):
    assert read_table(put(tmp_path, "fish.csv", data)).to_pydict() == columns


@pytest.mark.parametrize(("field", "kind"), [
    ("7", "int64"), ("-7.5", "double"), ("1e3", "double"), ("inf", "double"), ("true", "bool"), ("False", "bool"),
    ("2024-02-29", "date32[day]"), ("2024-02-29 10:00:00", "timestamp[s]"), ("salmon", "string"), ("NA", "null"),
    ("99999999999999999999", "double"), ("1,5", "string"),
])  # fmt: skip
def test_types_are_inferred(tmp_path, field, kind):
    table = read_table(put(tmp_path, "fish.csv", f'a,b\n"{field}",1\nNaN,2\n'.encode()))
    assert str(table.schema.field("a").type) == kind
    assert table["a"].null_count == (2 if kind == "null" else 1)


@pytest.mark.parametrize("spelling", ["", *MISSING_VALUES])
def test_missing_values_among_numbers_and_texts(tmp_path, spelling):
    table = read_table(put(tmp_path, "fish.csv", f"n,t,z\n{spelling},{spelling},1\n2.5,x,1\n".encode()))
    assert table.to_pydict() == {"n": [None, 2.5], "t": [None, "x"], "z": [1, 1]}


def test_a_blank_before_nan_is_missing_too(tmp_path):
    assert read_table(put(tmp_path, "fish.csv", b"n\n nan\n2.5\n"))["n"].to_pylist() == [None, 2.5]


def test_spellings_of_missing_values_can_be_chosen(tmp_path):
    path = put(tmp_path, "fish.csv", b"n,t\n-,None\n2,x\n")
    assert read_table(path, missing_values=("-",)).to_pydict() == {"n": [None, 2], "t": ["None", "x"]}


@pytest.mark.parametrize("delimiter", [";", "semicolon"])
def test_semicolons_and_decimal_commas(tmp_path, delimiter):
    path = put(tmp_path, "fish.csv", b"a;b\n1,5;2\n")
    assert read_table(path, delimiter=delimiter, decimal=",").to_pydict() == {"a": [1.5], "b": [2]}


@pytest.mark.parametrize("name", ["fish.tsv", "FISH.TSV", "fish.tsv.gz"])
def test_tabs_by_ending(tmp_path, name):
    data = b"a\tb\n1,5\t2\n"
    path = put(tmp_path, name, gzip.compress(data) if name.endswith("gz") else data)
    assert read_table(path).to_pydict() == {"a": ["1,5"], "b": [2]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "shift_jis"])
def test_encodings(tmp_path, encoding):
    word = "サケ" if encoding == "shift_jis" else "grönlax"
    path = put(tmp_path, "fish.csv", f"a,b\n1,{word}\n".encode(encoding))
    assert read_table(path, encoding=encoding).to_pydict() == {"a": [1], "b": [word]}


def test_text_far_below_numbers_makes_the_column_text(tmp_path):
    rows = b"".join(b"%d,%d\n" % (row, row) for row in range(300_000))  # several blocks of the reader
    table = read_table(put(tmp_path, "fish.csv", b"a,b\n" + rows + b"1,many\n"))
    assert [str(kind) for kind in table.schema.types] == ["int64", "string"]
    assert table["b"][-2:].to_pylist() == ["299999", "many"]


def test_a_row_longer_than_a_block(tmp_path):
    long = "x" * 9_000_000
    table = read_table(put(tmp_path, "fish.csv", f"a,b\n1,{long}\n2,y\n".encode()))
    assert table["b"].to_pylist() == [long, "y"]


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


names = st.text(string.ascii_letters + "_ ü€", min_size=1).map(str.strip).filter(bool)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=20)
values = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=9),
    st.lists(st.none() | st.floats(allow_nan=False), min_size=2, max_size=9),
    st.lists(st.none() | st.booleans(), min_size=2, max_size=9),
    st.lists(st.none() | st.dates(), min_size=2, max_size=9),
    st.lists(st.none() | words.map("w".__add__), min_size=2, max_size=9),
)


@given(columns=st.dictionaries(names, values, min_size=2, max_size=5), end=st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_writes_comes_back(tmp_path_factory, columns, end):
    rows = min(len(column) for column in columns.values())
    columns = {name: column[:rows] for name, column in columns.items()} | {"row": list(range(rows))}
    path = tmp_path_factory.mktemp("read") / "fish.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator=end)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    assert read_table(path).to_pydict() == columns


# --- what may be wrong

def test_no_such_file_names_the_nearest(tmp_path):
    put(tmp_path, "houses.csv", b"")
    path = tmp_path / "House.csv"
    assert fault_of(path) == (
        f"There is no file House.csv in {tmp_path} (dataset.path={path}); did you mean houses.csv?"
    )
    path = tmp_path / "data" / "houses.csv"
    assert fault_of(path) == f"There is no folder data in {tmp_path} (dataset.path={path})."
    path = tmp_path / "houses.csv" / "more.csv"
    assert fault_of(path) == f"There is no {path}: {tmp_path / 'houses.csv'} is a file, not a folder (dataset.path)."


def test_a_folder(tmp_path):
    assert fault_of(tmp_path) == f"{tmp_path} is a folder, but dataset.path names one file. It holds no table."
    put(tmp_path, "b.parquet", b"")
    put(tmp_path, "a.csv.gz", b"")
    put(tmp_path, "notes.md", b"")
    assert fault_of(tmp_path) == (
        f"{tmp_path} is a folder, but dataset.path names one file. It holds a.csv.gz and b.parquet."
    )


def test_an_address(tmp_path):
    assert fault_of(tmp_path.__class__("s3://bucket/fish.csv")) == (
        "dataset.path=s3:/bucket/fish.csv is an address, but only files are read. Download it first."
    )


@pytest.mark.parametrize(("name", "ending"), [("fish.xlsx", ".xlsx"), ("fish", "nothing"), ("fish.gz", ".gz")])
def test_an_unknown_ending(tmp_path, name, ending):
    assert fault_of(put(tmp_path, name, b"a,b\n1,2\n")) == (
        f"{name} ends in {ending}, which is not read; endings that work: .csv, .tsv, .txt, .csv.gz, .tsv.gz, .txt.gz, "
        ".parquet, .pq, .feather, .arrow. Save it as one of them and set dataset.path."
    )


WORDS = "the row of line"
POISONED = {
    "empty": (b"", "{path} is empty: 0 bytes."),
    "blank": (b"\n\r\n\n", "fish.csv is empty: it holds only blank lines ({path})."),
    "header only": (b"a,b\n\n", "fish.csv has a header with 2 columns but no rows ({path})."),
    "short row": (b"a,b\n1,2\n\n3\n4,5\n6\n",
                  "fish.csv: 2 of 4 rows do not have the 2 fields of the header, first line 4 with 1. "
                  "Complete or remove such rows."),
    "long row": (b'a,b\n"x\ny",2\n3,4,5\n',
                 "fish.csv: 1 of 2 rows does not have the 2 fields of the header, first line 4 with 3. "
                 "A text that holds the delimiter needs quotes."),
    "only ragged rows": (b"a,b\n1\n", "fish.csv: 1 of 1 rows does not have the 2 fields of the header, first line 2 "
                                      "with 1. Complete or remove such rows."),
    "latin": (b"a,b\n1,2\ncaf\xe9,3\n", "fish.csv is not utf-8: line 3 holds the byte 0xe9 (byte 12 of the file). "
                                        "Set dataset.encoding to the file's own, perhaps cp1252."),
    "cut letter": (b"a,b\n1,caf\xc3", "fish.csv is not utf-8: line 2 holds the byte 0xc3 (byte 10 of the file). "
                                      "Set dataset.encoding to the file's own, perhaps cp1252."),
    "utf-16": ("a,b\n1,2\n".encode("utf-16"), "fish.csv is not utf-8: line 1 holds the byte 0xff (byte 1 of the file). "
                                              "Set dataset.encoding to the file's own, perhaps utf-16."),
    "repeated name": (b"a,b,a,b,a\n1,2,3,4,5\n", "fish.csv has 3 columns called a (columns 1, 3 and 5); so it is with "
                                                 "b. Rename all but one."),
    "repeated after blanks": (b"a, a\n1,2\n", "fish.csv has 2 columns called a (columns 1 and 2). "
                                              "Rename all but one."),
    "semicolons": (b"a;b\n1;2\n", "fish.csv has one column when cut at each comma, and its header holds a semicolon. "
                                  "Set dataset.delimiter=semicolon."),
    "tabs": (b"a\tb\n1\t2\n", "fish.csv has one column when cut at each comma, and its header holds a tab. "
                              "Set dataset.delimiter=tab."),
    "open quote": (b'a,b\n1,2\n3,"x\n4,5\n', f"fish.csv: the quote that opens in {WORDS} 3 is never closed. Close it, "
                                             "or double it if it is part of the text ({path})."),
    "open quote in front": (b'a,b\n1,2\n"x,3\n4,5\n', f"fish.csv: the quote that opens in {WORDS} 3 is never closed. "
                                                  "Close it, or double it if it is part of the text ({path})."),
    "open quote, long": (b'a,b\n1,2\n3,"x\n' + b"4,5\n" * 3_000_000,
                         f"fish.csv: the quote that opens in {WORDS} 3 is never closed. Close it, "
                         "or double it if it is part of the text ({path})."),
    "gzip": (gzip.compress(b"a,b\n1,2\n"), "fish.csv is a gzip file by its first bytes, not a text table. "
                                           "Name it fish.csv.gz."),
    "parquet": (b"PAR1....", "fish.csv is a Parquet file by its first bytes, not a text table. "
                             "Name it fish.parquet."),
    "xlsx": (b"PK\x03\x04...", "fish.csv is a zip file or a spreadsheet by its first bytes, not a text table. "
                               "Save it as CSV or Parquet."),
}  # fmt: skip


@pytest.mark.parametrize("case", POISONED)
def test_poisoned_text(tmp_path, case):
    data, message = POISONED[case]
    path = put(tmp_path, "fish.csv", data)
    assert fault_of(path) == message.format(path=path)


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


@pytest.mark.parametrize("delimiter", ["ab", "", '"', "\n", "é"])
def test_a_delimiter_that_is_none(tmp_path, delimiter):
    assert fault_of(put(tmp_path, "fish.csv", b"a,b\n1,2\n"), delimiter=delimiter) == (
        f"dataset.delimiter={delimiter} is not one character between fields. Give one ASCII character or one of comma, "
        "semicolon, tab, pipe, space."
    )


def test_poisoned_gzip(tmp_path):
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    path = tmp_path / "fish.csv.gz"
    path.write_bytes(whole[:-9])
    assert fault_of(path) == f"fish.csv.gz is cut off: its gzip stream ends too early. Copy it again ({path})."
    for damaged in (whole[:20] + b"\x00\xff" + whole[22:], whole[:-6] + b"\x00\x00" + whole[-4:]):
        path.write_bytes(damaged)
        assert fault_of(path) == f"fish.csv.gz is a damaged gzip file. Copy it again ({path})."
    path.write_bytes(b"a,b\n1,2\n")
    assert fault_of(path) == f"fish.csv.gz is not a gzip file. Name it fish.csv if it is plain text ({path})."
    path.write_bytes(gzip.compress(b""))
    assert fault_of(path) == f"fish.csv.gz is empty: it holds only blank lines ({path})."


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


def test_columnar_files_without_rows_or_with_a_repeated_name(tmp_path):
    path = tmp_path / "fish.parquet"
    pq.write_table(TABLE.slice(0, 0), path)
    assert fault_of(path) == f"fish.parquet has a header with 3 columns but no rows ({path})."
    feather.write_feather(pa.table([[1], [2], [3]], names=["a", "b", "a"]), tmp_path / "fish.feather")
    assert fault_of(tmp_path / "fish.feather") == (
        "fish.feather has 2 columns called a (columns 1 and 3). Rename all but one."
    )
