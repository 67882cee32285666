"""Text tables: what must come out, and the whole sentence for each thing that may be wrong with a file."""

import csv
import gzip
import string
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv as pacsv

from tests.data.table_files import fault_of, put
from trainyard.config.schema.dataset_keys import MISSING_VALUES
from trainyard.data.read import read_table
from trainyard.data.read_text import parse, read_text
from trainyard.errors import DataError


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


@pytest.mark.parametrize("fields", [
    ["007", "12"], ["12", "NA", "007"], ['"00501"', "90210"], [" 01 ", "5"], ["00", "1"], ["000", "000"],
], ids=str)  # fmt: skip
def test_whole_numbers_with_leading_zeros_stay_texts(tmp_path, fields):
    table = read_table(put(tmp_path, "fish.csv", "\n".join(["a,n", *(f"{field},2" for field in fields)]).encode()))
    expected = [None if field == "NA" else field.strip('"') for field in fields]
    assert table.to_pydict() == {"a": expected, "n": [2] * len(fields)}


@pytest.mark.parametrize(("fields", "kind"), [
    (["0", "10", "100"], "int64"), (["0.5", "0.25"], "double"), (["00.5", "1"], "double"), (["-0", "0"], "int64"),
    (["2020-01-02", "2021-03-04"], "date32[day]"),
], ids=str)  # fmt: skip
def test_a_zero_alone_or_before_a_point_makes_no_text(tmp_path, fields, kind):
    lines = ["a,day", *(f"{field},01/02/2020" for field in fields)]
    table = read_table(put(tmp_path, "fish.csv", "\n".join(lines).encode()))
    assert str(table.schema.field("a").type) == kind


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


def test_text_far_below_numbers_makes_the_column_text(tmp_path):
    rows = b"".join(b"%d,%d\n" % (row, row) for row in range(300_000))  # several blocks of the reader
    table = read_table(put(tmp_path, "fish.csv", b"a,b\n" + rows + b"1,many\n"))
    assert [str(kind) for kind in table.schema.types] == ["int64", "string"]
    assert table["b"][-2:].to_pylist() == ["299999", "many"]


def test_a_row_longer_than_a_block(tmp_path):
    long = "x" * 9_000_000
    table = read_table(put(tmp_path, "fish.csv", f"a,b\n1,{long}\n2,y\n".encode()))
    assert table["b"].to_pylist() == [long, "y"]


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


@pytest.mark.parametrize("delimiter", ["ab", "", '"', "\n", "é"])
def test_a_delimiter_that_is_none(tmp_path, delimiter):
    assert fault_of(put(tmp_path, "fish.csv", b"a,b\n1,2\n"), delimiter=delimiter) == (
        f"dataset.delimiter={delimiter} is not one character between fields. Give one ASCII character or one of comma, "
        "semicolon, tab, pipe, space."
    )


FIELDS = st.sampled_from([
    "1", "2.5", "x", "", "true", "0", "2020-01-01", "2020-01-01 10:00:00", "NA", "9007199254740993", "-3", '"a,b"',
    '"q""q"', '"l\nm"', "1e5", "ü", "12:30:00", "2020-01-01 10:00:00.123456789", '5"', ' "z"',
])  # fmt: skip


@st.composite
def text_tables(draw):
    """Columns of a few different fields each, so that kinds change from piece to piece; blank lines between rows."""
    pools = draw(st.lists(st.lists(FIELDS, min_size=1, max_size=3), min_size=1, max_size=3))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    rows = draw(st.lists(st.tuples(*(st.sampled_from(pool) for pool in pools)), min_size=1, max_size=10))
    blank = draw(st.sampled_from(["", "", end]))
    return "".join(",".join(row) + end + blank for row in [[f"c{place}" for place in range(len(pools))], *rows])


@settings(max_examples=200)
@given(text=text_tables(), size=st.integers(3, 60))
def test_a_table_in_pieces_is_the_table_that_arrow_reads_as_a_whole(tmp_path_factory, text, size):
    path = put(tmp_path_factory.getbasetemp(), "pieces.csv", text.encode())
    options = pacsv.ConvertOptions(null_values=["", "NA"], strings_can_be_null=True)
    header, rest = text.split("\n", 1)
    expected, ragged = parse(rest.encode(), ",", header.count(",") + 1, options)
    with mock.patch("trainyard.data.text_pieces.PIECE", size):
        try:
            table = read_text(path, None, "utf-8", ".", ["NA"])
        except DataError:
            assert ragged or text.count('"') % 2
            return
    assert not ragged
    assert table.schema.types == expected.schema.types
    assert [column.to_pylist() for column in table.columns] == [column.to_pylist() for column in expected.columns]


@pytest.mark.parametrize("last", ["x", 'x"'], ids=["plain", "with a stray quote"])
@pytest.mark.parametrize("size", [3, 12, 1000])
def test_numbers_with_leading_zeros_stay_texts_in_whatever_piece(tmp_path, last, size):
    rows = [f"{10 + row},{row},{'007' if row == 7 else row},{last}" for row in range(10)]
    path = put(tmp_path, "fish.csv", "\n".join(["a,b,c,d", *rows]).encode())
    with mock.patch("trainyard.data.text_pieces.PIECE", size):
        table = read_text(path, None, "utf-8", ".", [])
    assert [str(kind) for kind in table.schema.types[:3]] == ["int64", "int64", "string"]
    assert table["c"].to_pylist() == ["0", "1", "2", "3", "4", "5", "6", "007", "8", "9"]
