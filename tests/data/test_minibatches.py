import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.synthetic import make_part
from trainyard.data.minibatches import Minibatches, Rows, minibatch_count, minibatch_sizes, open_rows
from trainyard.data.pixels import PixelScale

CPU = torch.device("cpu")


def part(rows, weighted=True):
    x = np.arange(rows * 2, dtype=np.float32).reshape(rows, 2)
    weight = np.linspace(1, 2, rows, dtype=np.float32) if weighted else None
    return make_part(x, np.arange(rows, dtype=np.int32)[:, None], np.arange(rows), weight)


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


def test_rows_from_the_memory_map_are_those_in_memory():
    resident, mapped = Rows(part(40), CPU), Rows(part(40), CPU, resident=False)
    for ours, theirs in zip(Minibatches(mapped, 6, 0).read(1), Minibatches(resident, 6, 0).read(1), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours[:4], theirs[:4], strict=True))
    for ours, theirs in zip(mapped.slice(3, 9)[:4], resident.slice(3, 9)[:4], strict=True):
        assert torch.equal(ours, theirs)


def test_what_outgrows_the_memory_given_stays_in_the_map():
    assert not open_rows(part(40), CPU, image_shape=None, resident_bytes=10).resident
    assert open_rows(part(40), CPU, image_shape=None, resident_bytes=10**6).resident


@pytest.mark.parametrize("resident", [True, False])
def test_images_have_their_shape(resident):
    rows = Rows(part(6, weighted=False), CPU, (1, 2, 1), resident=resident)
    assert rows.take(torch.tensor([4, 1])).x.shape == (2, 1, 2, 1)
    assert rows.slice(0, 3).x.shape == (3, 1, 2, 1)
    assert rows.slice(0, 3).weight is None


SCALE = PixelScale(np.float32([[[20]], [[130]]]), np.float32([[[3]], [[0.7]]]))


def images(rows):
    pixels = np.random.default_rng(0).integers(0, 256, (rows, 24), dtype=np.uint8)
    return make_part(pixels, np.empty((rows, 0), np.int32), np.arange(rows))


def test_images_become_numbers_when_they_are_opened_or_gathered_and_the_numbers_are_the_same():
    made = images(30)
    expected = torch.from_numpy(SCALE(made.x.reshape(-1, 2, 4, 3)))
    for rows, dtype in (
        (Rows(made, CPU, (2, 4, 3), scale=SCALE), torch.float32),
        (Rows(made, CPU, (2, 4, 3), scale=SCALE, scaled=False), torch.uint8),
        (Rows(made, CPU, (2, 4, 3), scale=SCALE, resident=False), torch.uint8),
    ):
        assert rows.x.dtype == dtype
        assert torch.equal(rows.slice(0, 30).x, expected)
        assert torch.equal(rows.take(torch.tensor([7, 3])).x, expected[[7, 3]])


def test_resident_rows_are_cast_after_they_are_scaled(monkeypatch):
    monkeypatch.setattr("trainyard.data.minibatches.PIECE_BYTES", 7 * 4 * 24)  # seven images
    made = images(30)
    expected = torch.from_numpy(SCALE(made.x.reshape(-1, 2, 4, 3)))
    assert torch.equal(Rows(made, CPU, (2, 4, 3), scale=SCALE).x, expected)
    rows = open_rows(made, CPU, image_shape=(2, 4, 3), resident_bytes=10**5, scale=SCALE, dtype=torch.bfloat16)
    assert torch.equal(rows.x, expected.bfloat16())
    assert torch.equal(Rows(part(30), CPU, dtype=torch.bfloat16).x, torch.from_numpy(part(30).x).bfloat16())
    assert Rows(part(30), CPU, resident=False, dtype=torch.bfloat16).x.dtype == torch.float32
    assert len(Rows(part(0), CPU, dtype=torch.bfloat16)) == 0


@pytest.mark.parametrize(("limit", "kind"), [(10**5, torch.float32), (3000, torch.uint8)])
def test_images_are_kept_as_bytes_where_numbers_would_be_too_many(limit, kind):
    rows = open_rows(images(30), CPU, image_shape=(2, 4, 3), resident_bytes=limit, scale=SCALE)
    assert rows.resident
    assert rows.x.dtype == kind


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


def test_a_read_only_map_is_read_without_a_warning(tmp_path):
    np.save(tmp_path / "x.npy", np.ones((20, 2), np.float32))
    made = part(20, weighted=False)
    mapped = make_part(np.load(tmp_path / "x.npy", mmap_mode="r"), made.codes, made.y)
    assert Rows(mapped, CPU, resident=False).take(torch.tensor([3])).x.tolist() == [[1.0, 1.0]]
