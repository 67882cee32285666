import numpy as np
import pytest
import torch

from tests.data.parts import CPU, SCALE, images, part
from tests.synthetic import make_part
from trainyard.data.minibatches import Minibatches
from trainyard.data.rows import Rows, open_rows


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
    monkeypatch.setattr("trainyard.data.rows.PIECE_BYTES", 7 * 4 * 24)  # seven images
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


def test_a_read_only_map_is_read_without_a_warning(tmp_path):
    np.save(tmp_path / "x.npy", np.ones((20, 2), np.float32))
    made = part(20, weighted=False)
    mapped = make_part(np.load(tmp_path / "x.npy", mmap_mode="r"), made.codes, made.y)
    assert Rows(mapped, CPU, resident=False).take(torch.tensor([3])).x.tolist() == [[1.0, 1.0]]


def test_on_another_device_rows_are_scaled_in_larger_pieces(monkeypatch):
    monkeypatch.setattr("trainyard.data.rows.DEVICE_PIECE_BYTES", 1)
    meta = Rows(images(5), torch.device("meta"), (2, 4, 3), scale=SCALE)
    assert (meta.x.shape, meta.x.dtype, meta.scale) == (torch.Size([5, 2, 4, 3]), torch.float32, None)
    assert len(Rows(make_part(np.empty((3, 0), np.float32), np.zeros((3, 1), np.int32), np.arange(3)), CPU,
                    dtype=torch.bfloat16)) == 3  # fmt: skip


def test_rows_larger_than_the_memory_are_asked_for_ahead(tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", part(40).x)
    made = make_part(np.load(tmp_path / "x.npy", mmap_mode="r"), part(40).codes, part(40).y)
    small = open_rows(made, CPU, image_shape=None, resident_bytes=0, memory_bytes=100)
    asked = []
    monkeypatch.setattr(small.ahead, "ask", lambda rows: asked.append(rows.tolist()))
    small.will_take(torch.tensor([3, 1]))
    assert asked == [[3, 1]]
    for rows in (
        open_rows(made, CPU, image_shape=None, resident_bytes=0, memory_bytes=10**6),
        open_rows(made, CPU, image_shape=None, resident_bytes=10**6, memory_bytes=0),
        open_rows(part(40), CPU, image_shape=None, resident_bytes=0, memory_bytes=0),
    ):
        assert rows.ahead is None
        rows.will_take(torch.tensor([3]))
