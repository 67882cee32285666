import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.padded import is_padded, may_hold_padded


@pytest.mark.parametrize(("text", "padded"), [
    ("007", True), (" 01 ", True), ("00", True), ("0", False), ("0.5", False), ("10", False), ("0x1F", False),
    ("01/02/2020", False), ("", False), (None, False),
])  # fmt: skip
def test_what_has_leading_zeros(text, padded):
    assert is_padded(pa.chunked_array([["1", text], ["x"]])) is padded


FIELDS = st.lists(st.from_regex(r"\A[ 0-9.\-]{0,4}\Z"), min_size=1, max_size=5)


@given(FIELDS, st.sampled_from(",;\t"), st.sampled_from(["", '"']))
def test_a_field_with_leading_zeros_is_never_passed_over(fields, separator, quote):
    rows = separator.join(f"{quote}{field}{quote}" for field in fields)
    text = pa.py_buffer(f"head\r\n{rows}\n".encode())
    assert may_hold_padded(text, separator) or not is_padded(pa.array(fields))


@pytest.mark.parametrize(("text", "may"), [
    ("a\n100\n0\n0.5\n2020-01-02 10:05\n", False), ("a\n1\n07", True), ("", False), ("0", False), ("a\n0", False),
])  # fmt: skip
def test_numbers_and_dates_ask_for_no_second_look(text, may):
    assert may_hold_padded(pa.py_buffer(text.encode()), ",") is may


def test_a_field_at_the_border_of_two_blocks_is_seen(monkeypatch):
    text = pa.py_buffer(b"a,b\n12,07\n")
    for block in range(1, 12):
        monkeypatch.setattr("trainyard.data.padded.BLOCK", block)
        assert may_hold_padded(text, ",")
