import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.parts import CPU, SCALE, images, part
from tests.synthetic import make_part
from trainyard.data.minibatches import Minibatches, minibatch_count, minibatch_sizes
from trainyard.data.rows import Rows


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 200), st.integers(1, 50), st.integers(0, 3))
def test_an_epoch_has_each_row_once(rows, batch_size, epoch):
    minibatches = Minibatches(Rows(part(rows), CPU), batch_size, seed=0)
    read = list(minibatches.read(epoch))
    assert len(read) == len(minibatches) == minibatch_count(rows, batch_size)
    assert sorted(torch.cat([minibatch.y for minibatch in read]).tolist()) == list(range(rows))
    assert all(minibatch.rows >= 2 for minibatch in read) or rows == 1 or batch_size == 1


def test_rows_keep_together_what_belongs_together():
    for minibatch in Minibatches(Rows(part(10), CPU), 4, seed=1).read(0):
        assert torch.equal(minibatch.x[:, 0].long(), minibatch.y * 2)
        assert torch.equal(minibatch.codes[:, 0], minibatch.y)
        torch.testing.assert_close(minibatch.weight, 1 + minibatch.y / 9)


def order(seed, epoch):
    return torch.cat([m.y for m in Minibatches(Rows(part(50), CPU), 7, seed=seed).read(epoch)]).tolist()


def test_the_order_is_a_function_of_seed_and_epoch():
    assert order(0, 3) == order(0, 3)
    assert order(0, 3) != order(0, 4)
    assert order(0, 3) != order(1, 3)


@pytest.mark.parametrize("cut", [1, 3, 8])
@pytest.mark.parametrize(("rows", "batch_size"), [(50, 7), (1000, 16)])
def test_reading_in_pieces_gives_the_same_minibatches(cut, rows, batch_size):
    minibatches = Minibatches(Rows(part(rows), CPU), batch_size, seed=0)
    pieces = [m for start in range(0, len(minibatches), cut) for m in minibatches.read(2, start, start + cut)]
    whole = list(minibatches.read(2))
    assert [m.y.tolist() for m in pieces] == [m.y.tolist() for m in whole]


def test_large_rows_are_gathered_a_few_minibatches_at_a_time():
    wide = make_part(np.zeros((64, 600_000), np.int8), np.empty((64, 0), np.int32), np.arange(64))
    assert Minibatches(Rows(wide, CPU, resident=False), 16, 0).gathered_at_once() == 1
    assert Minibatches(Rows(part(300), CPU), 16, 0).gathered_at_once() == 16


def test_minibatches_are_gathered_together_where_their_floats_fill_cache_lines():
    wide = make_part(np.zeros((300, 32), np.float32), np.empty((300, 0), np.int32), np.arange(300))
    weighted = make_part(wide.x, wide.codes, wide.y, np.ones(300, np.float32))
    regression = make_part(wide.x, wide.codes, np.zeros((300, 1), np.float32))
    together = [Minibatches(Rows(made, CPU), 6, 0).gathered_at_once() for made in (wide, weighted, regression)]
    assert together == [16, 1, 1]
    assert Minibatches(Rows(wide, CPU, dtype=torch.bfloat16), 6, 0).gathered_at_once() == 16
    assert Minibatches(Rows(wide, CPU, dtype=torch.bfloat16), 6, 0).rows.float_bytes() == [64]
    assert Minibatches(Rows(images(30), CPU, (2, 4, 3), scale=SCALE, scaled=False), 6, 0).gathered_at_once() == 16
    assert Minibatches(Rows(images(30), CPU, (2, 4, 3), scale=SCALE, scaled=False), 3, 0).gathered_at_once() == 1


def test_what_is_gathered_is_augmented_with_the_numbers_of_its_rows():
    def augment(minibatch, index, epoch):
        return minibatch._replace(x=index[:, None] * 10.0 + epoch, mix=index * 0.5)

    for minibatch in Minibatches(Rows(part(70), CPU), 16, 1, augment=augment).read(3):
        assert torch.equal(minibatch.x[:, 0], minibatch.y * 10.0 + 3)
        assert torch.equal(minibatch.mix, minibatch.y * 0.5)


def test_a_limit_keeps_the_first_minibatches_of_an_epoch():
    limited = Minibatches(Rows(part(50), CPU), 7, 0, limit=2)
    whole = Minibatches(Rows(part(50), CPU), 7, 0)
    assert len(limited) == 2
    assert [m.y.tolist() for m in limited.read(0)] == [m.y.tolist() for m in list(whole.read(0))[:2]]


@given(st.integers(1, 500), st.integers(1, 60))
def test_minibatches_have_all_rows(rows, batch_size):
    sizes = minibatch_sizes(rows, batch_size)
    assert sum(sizes) == rows
    assert len(sizes) == minibatch_count(rows, batch_size)
    assert max(sizes) <= batch_size + 1


def test_a_single_row_left_over_joins_the_minibatch_before():
    assert [m.rows for m in Minibatches(Rows(part(9), CPU), 4, 0).read(0)] == [4, 5]


def test_every_minibatch_begins_on_a_cache_line_or_in_memory_of_its_own():
    for batch_size in (16, 48, 7):
        for minibatch in Minibatches(Rows(part(300), CPU), batch_size, 0).read(0):
            assert all(tensor.data_ptr() % 64 == 0 for tensor in minibatch[:4])


def test_rows_without_numbers_are_gathered_too():
    nothing = make_part(np.empty((20, 0), np.float32), np.arange(20, dtype=np.int32)[:, None], np.arange(20))
    read = list(Minibatches(Rows(nothing, CPU), 6, 0).read(0))
    assert sorted(torch.cat([minibatch.codes[:, 0] for minibatch in read]).tolist()) == list(range(20))


@pytest.mark.parametrize("batch_size", [7, 16])
def test_the_rows_after_those_that_are_read_are_asked_for(batch_size, monkeypatch):
    asked = []
    monkeypatch.setattr(Rows, "will_take", lambda _rows, index: asked.extend(index.tolist()))
    minibatches = Minibatches(Rows(part(500), CPU), batch_size, 0)
    order, together = minibatches.order(2).tolist(), minibatches.gathered_at_once()
    for start in (0, 2 * together):  # two blocks
        list(minibatches.read(2, start, start + 2 * together))
    first = batch_size * together
    assert asked == order[first : first + len(asked)]
    assert len(asked) == min(4 * first, 500 - first)
