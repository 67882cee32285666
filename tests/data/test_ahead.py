import mmap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.ahead import PagesAhead


class Noted:
    """A map that notes what it is told."""

    def __init__(self):
        self.random, self.asked = False, []

    def madvise(self, option, start=0, length=0):
        self.random |= option == mmap.MADV_RANDOM
        if option == mmap.MADV_WILLNEED:
            self.asked.append((start, length))


@given(st.integers(0, 300), st.integers(1, 250), st.lists(st.integers(0, 500), max_size=40))
def test_the_pages_of_all_rows_are_asked_for_and_no_others(offset, row_bytes, rows):
    noted = Noted()
    PagesAhead(noted, offset, row_bytes, page=100).ask(np.array(rows, np.int64))
    assert noted.random
    wanted = {byte // 100 for row in rows for byte in range(offset + row * row_bytes, offset + (row + 1) * row_bytes)}
    asked = [page for start, length in noted.asked for page in range(start // 100, (start + length) // 100)]
    assert sorted(asked) == sorted(wanted)
    assert all(start % 100 == 0 for start, _ in noted.asked)


def test_pages_that_touch_are_asked_for_as_one():
    noted = Noted()
    PagesAhead(noted, 0, 50, page=100).ask(np.array([9, 0, 1, 2, 3, 30]))
    assert noted.asked == [(0, 200), (400, 100), (1500, 100)]


def test_a_file_that_is_mapped_can_be_asked(tmp_path):
    array = np.arange(40_000, dtype=np.float32).reshape(-1, 4)
    np.save(tmp_path / "x.npy", array)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    ahead = PagesAhead.of(mapped)
    assert (ahead.offset, ahead.row_bytes) == (128, 16)
    ahead.ask(np.array([0, 9_999, 5_000]))
    np.testing.assert_array_equal(mapped, array)


@pytest.mark.parametrize("array", [np.ones((3, 2)), np.ones((4, 2))[1:]])
def test_others_cannot(array):
    assert PagesAhead.of(array) is None


def test_where_the_system_cannot_be_asked_nothing_is(tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", np.ones((3, 2)))
    monkeypatch.delattr(mmap, "MADV_WILLNEED")
    assert PagesAhead.of(np.load(tmp_path / "x.npy", mmap_mode="r")) is None
