import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.errors import DataError
from trainyard.inference.raw_text import TextRows

READING = {"delimiter": None, "encoding": "utf-8", "decimal": ".", "missing_values": ["NA"]}


def rows_of(path, size=1 << 20, **reading):
    """Return the places and the fields, None for those of a broken row, of the columns at 0 and 1."""
    text = TextRows(path, **{**READING, **reading}, size=size)
    found = []
    for piece in text.pieces([0, 1], [0, 1], [1]):
        values = zip(*(column.to_pylist() for column in piece.table.columns), strict=True)
        fields = dict(zip(piece.rows.tolist(), values, strict=True))
        assert piece.kept.columns == piece.table.columns[1:]
        found += [(piece.place(row), fields.get(row)) for row in range(piece.count)]
    return found


def test_rows_have_their_lines_whatever_lies_between_them(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text('\na,b\n\n1,"x\ny"\n\nNA,2\n3\n4,5\n')
    for size in (1, 5, 1000):
        assert rows_of(path, size) == [
            ("line 4", ("1", "x\ny")), ("line 7", (None, "2")), ("line 8", None), ("line 9", ("4", "5")),
        ]  # fmt: skip


FIELD = st.text(st.sampled_from("ab1 ,\n"), min_size=1, max_size=4).filter(str.strip)


@given(rows=st.lists(st.tuples(FIELD, FIELD), max_size=12), size=st.integers(1, 60))
def test_any_rows_come_back_in_pieces_of_any_size(tmp_path_factory, rows, size):
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_text("\n".join(['"a","b"', *(f'"{one}","{other}"' for one, other in rows)]))
    assert [fields for _, fields in rows_of(path, size)] == rows


def test_gzipped_and_other_delimiters_and_encodings_are_read(tmp_path):
    path = tmp_path / "rows.tsv.gz"
    path.write_bytes(gzip.compress("a\tb\nå\t2\n".encode("latin-1")))
    assert rows_of(path, encoding="latin-1", delimiter="semicolon") == [("line 2", ("å", "2"))]


@pytest.mark.parametrize("size", [4, 1000])
def test_a_quote_within_a_field_is_a_letter_like_any_other(tmp_path, size):
    path = tmp_path / "rows.csv"
    path.write_bytes(b'a 5",b\n1,2"3\n"4\n,",5"6\n7,"8"9"\n')
    assert rows_of(path, size=size) == [("line 2", ("1", '2"3')), ("line 3", ("4\n,", '5"6')), ("line 5", ("7", '89"'))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'a,b\n1,2\n3,"4\n5,6\n', "the quote that opens in the row of line 3 is never closed"),
        (b'a,b\n1,2"3\n3,"4\n5,6\n', "the quote that opens in the row of line 3 is never closed"),
        (b"a,b\n1,\xff\n", "is not utf-8"),
        (b"\n\n", "is empty"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, text, words):
    path = tmp_path / "rows.csv"
    path.write_bytes(text)
    with pytest.raises(DataError, match=words):
        rows_of(path)
