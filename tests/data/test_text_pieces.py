import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.table_files import put
from trainyard.data.text_pieces import TextPieces, cut_header
from trainyard.errors import DataError

FIELDS = st.sampled_from(["1", "", "ü", '"a,b"', '"q""q"', '"l\nm"', "x y"])
RECORDS = st.lists(st.lists(FIELDS, min_size=1, max_size=3).map(",".join), max_size=12)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("pieces") / "table.csv"


@given(records=RECORDS, end=st.sampled_from(["\n", "\r\n", "\r"]), size=st.integers(3, 30), zipped=st.booleans())
def test_pieces_are_whole_records_and_together_the_file(path, records, end, size, zipped):
    text = "".join(record + end for record in records)
    file = path.with_suffix(".csv.gz" if zipped else ".csv")
    file.write_bytes(gzip.compress(text.encode()) if zipped else text.encode())
    pieces = TextPieces(file, "utf-8", ",", size)
    cut = list(pieces)
    assert b"".join(cut).decode() == text
    assert pieces.quotes == text.count('"')
    ends = {len("".join(record + end for record in records[:count]).encode()) for count in range(len(records) + 1)}
    position = 0
    for piece in cut:
        position += len(piece)
        assert position in ends


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_every_encoding_becomes_utf8_without_a_mark(tmp_path, encoding):
    text = "größe,b\n1,ü\n2,é\n"
    marked = "\ufeff" + text if encoding == "utf-16-le" else text
    path = put(tmp_path, "t.csv", marked.encode(encoding))
    assert b"".join(TextPieces(path, encoding, ",", 5)).decode() == text


STRAY = st.sampled_from(["1", "", '5"', 'x "y" z', ' "a', '"a\n,"', '"q""q"', '"x"y"z', '""', '"l\nm" "n', "a'"])


@given(rows=st.lists(st.lists(STRAY, min_size=2, max_size=3), max_size=9), size=st.integers(3, 40))
def test_a_quote_within_a_field_is_a_letter_as_the_csv_module_has_it(path, rows, size):
    text = "".join(",".join(row) + "\n" for row in rows)
    path.write_bytes(text.encode())
    pieces = list(TextPieces(path, "utf-8", ",", size))
    assert b"".join(pieces).decode() == text
    apart = [row for piece in pieces for row in csv.reader(io.StringIO(piece.decode(), newline=""))]
    assert apart == list(csv.reader(io.StringIO(text, newline="")))
    header, rest = cut_header(text.encode(), ",")
    assert header + rest == text.encode()
    assert list(csv.reader(io.StringIO(header.decode(), newline=""))) == apart[:1]


def test_what_is_no_text_of_the_encoding(tmp_path):
    path = put(tmp_path, "t.csv", b"a,b\n1,\xe9\n")
    with pytest.raises(DataError, match=r"t\.csv is not utf-8: line 2 holds the byte 0xe9 \(byte 7 of the file\)\."):
        list(TextPieces(path, "utf-8", ",", 4))


@pytest.mark.parametrize(("piece", "header", "rest"), [
    (b"a,b\n1,2\n", b"a,b\n", b"1,2\n"),
    (b"\n\r\na,b\r\n1,2\n", b"a,b\r", b"\n1,2\n"),
    (b'"a\nb",c\n1,2\n', b'"a\nb",c\n', b"1,2\n"),
    (b'a 5",b\n1,"2\n', b'a 5",b\n', b'1,"2\n'),
    (b"a,b", b"a,b", b""),
    (b"", b"", b""),
])  # fmt: skip
def test_the_header_is_cut_off(piece, header, rest):
    assert cut_header(piece, ",") == (header, rest)
