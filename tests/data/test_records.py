import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.records import Record, records, unclosed_quote


def buffer(text):
    return pa.py_buffer(text.encode())


def test_records_know_the_line_they_begin_on():
    text = 'a,b\r\n\r\n"x\ny",2\n\n3,4\r5,6'
    assert list(records(buffer(text), ",")) == [
        Record(1, ["a", "b"]), Record(3, ["x\ny", "2"]), Record(6, ["3", "4"]), Record(7, ["5", "6"]),
    ]  # fmt: skip


@given(rows=st.lists(st.lists(st.text("a\"',;\n \r"), min_size=2, max_size=3)), separator=st.sampled_from(",;\t"))
def test_records_are_what_the_csv_module_wrote(rows, separator):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    found = list(records(buffer(text.getvalue()), separator))
    assert [record.fields for record in found] == rows
    lines = io.StringIO(text.getvalue(), newline="").readlines()
    for record in found:
        rest = csv.reader(iter(lines[record.line - 1 :]), delimiter=separator)
        assert next(rest) == record.fields
    assert unclosed_quote(buffer(text.getvalue()), separator) is None


@pytest.mark.parametrize(("text", "line"), [
    ("", None), ("a,b\n1,2\n", None), ('a,b\n1,"x"', None), ('a,b\n1,5"\n', None), ('a,b\n1,"x', 2),
    ('a,b\n1,2\n"x,3\n4,5\n', 3), ('a,b\n"x""\n', 2), ('a,b\n1,"x\n\n\n', 2), ('a,b\n"x\ny",2\n3,"', 4),
])  # fmt: skip
def test_the_record_whose_quote_is_never_closed(text, line):
    assert unclosed_quote(buffer(text), ",") == line


def test_a_field_may_be_long():
    [record] = records(buffer("x" * 200_000), ",")
    assert len(record.fields[0]) == 200_000
