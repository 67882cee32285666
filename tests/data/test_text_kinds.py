from types import SimpleNamespace

import pyarrow as pa
import pytest

from trainyard.data.text_kinds import DATE, FINE, FLAG, FRACTION, KINDS, NULL, SECONDS, TEXT, WHOLE, together, unify


def chunk(values, kind):
    return pa.chunked_array([pa.array(values, kind)])


def never(kinds):
    raise AssertionError(f"read again as {kinds}")


def unified(*chunks, reread=never):
    [column] = unify([[one] for one in chunks], reread)
    return column


@pytest.mark.parametrize(("chunks", "kind", "values"), [
    ([([1], WHOLE), ([2, None], WHOLE)], WHOLE, [1, 2, None]),
    ([([None], NULL), ([2], WHOLE)], WHOLE, [None, 2]),
    ([([None], NULL), ([None], NULL)], NULL, [None, None]),
    ([([1], WHOLE), ([0.5], FRACTION)], FRACTION, [1.0, 0.5]),
])  # fmt: skip
def test_kinds_that_fit_each_other_are_not_read_again(chunks, kind, values):
    column = unified(*(chunk(*one) for one in chunks))
    assert (column.type, column.to_pylist(), column.num_chunks) == (kind, values, 1)


def test_dates_beside_moments():
    column = unified(chunk([0], DATE), chunk([5], SECONDS), chunk([7], FINE))
    assert column.type == FINE
    assert column.cast(pa.int64()).to_pylist() == [0, 5_000_000_000, 7]


def test_other_kinds_are_read_again_as_the_first_that_fits():
    asked = []

    def reread(kinds):
        asked.append(kinds)
        return [[chunk(["007"], TEXT)], [chunk(["yes"], TEXT)]] if kinds == {0: TEXT} else None

    column = unified(chunk([7], WHOLE), chunk([True], FLAG), reread=reread)
    assert column.to_pylist() == ["007", "yes"]
    assert asked == [{0: kind} for kind in KINDS[KINDS.index(FLAG) :]]


def test_whole_numbers_that_are_no_exact_fractions_are_read_again():
    def reread(kinds):
        return [[chunk([9007199254740992.0], FRACTION)], [chunk([0.5], FRACTION)]]

    column = unified(chunk([9007199254740993], WHOLE), chunk([0.5], FRACTION), reread=reread)
    assert column.to_pylist() == [9007199254740992.0, 0.5]


def test_pieces_are_let_go_of():
    pieces = [[chunk([1], WHOLE), chunk([2], WHOLE)], [chunk([3], WHOLE), chunk([4], WHOLE)]]
    assert [column.to_pylist() for column in unify(pieces, never)] == [[1, 3], [2, 4]]
    assert [len(column) for piece in pieces for column in piece] == [0] * 4


def test_texts_that_no_single_array_can_hold_stay_in_pieces(monkeypatch):
    class Wide:
        type = TEXT

        def combine_chunks(self):
            raise pa.ArrowInvalid("offset overflow")

    wide, chunks = Wide(), [chunk(["a"], TEXT), chunk(["b"], TEXT)]
    assert together(chunks).num_chunks == 1
    arrow = SimpleNamespace(chunked_array=lambda *_, **__: wide, ArrowInvalid=pa.ArrowInvalid)
    monkeypatch.setattr("trainyard.data.text_kinds.pa", arrow)
    assert together(chunks) is wide
