import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.synthetic import make_part
from trainyard.config.schema.augment import Augment
from trainyard.data.augment import Augmentation, grid
from trainyard.data.minibatches import Minibatches
from trainyard.data.rows import Minibatch, Rows

CPU = torch.device("cpu")
ROWS, SHAPE = 60, (3, 6, 8)
EVERYTHING = Augment(shift=0.2, rotate=30, flip="both", crop=0.5, noise=0.1, mixup=0.4, cutmix=1.0)
CHOICES = [
    Augment(shift=0.1), Augment(rotate=20), Augment(crop=0.4), Augment(flip="horizontal"), Augment(flip="vertical"),
    Augment(flip="both"), Augment(noise=0.3), Augment(mixup=0.2), Augment(cutmix=1), EVERYTHING,
]  # fmt: skip


def image_rows(resident=True, weight=None, count=ROWS):
    x = np.random.default_rng(0).normal(size=(count, math.prod(SHAPE))).astype(np.float32)
    part = make_part(x, np.empty((count, 0), np.int32), np.arange(count) % 5, weight)
    return Rows(part, CPU, SHAPE, resident=resident)


def table_rows():
    x = np.random.default_rng(0).normal(size=(ROWS, 4)).astype(np.float32)
    return Rows(make_part(x, np.arange(ROWS, dtype=np.int32)[:, None], x[:, :1] * 2), CPU)


def augmented(config, index, epoch=0, seed=0, rows=None):
    rows = rows or image_rows()
    return Augmentation(config, rows, seed)(rows.take(index), index, epoch)


def same(ours: Minibatch, theirs: Minibatch):
    return all((a is None and b is None) or torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("config", CHOICES, ids=str)
def test_a_row_becomes_the_same_whatever_minibatch_it_lies_in(config):
    whole = augmented(config, torch.arange(ROWS))
    assert not torch.equal(whole.x, image_rows().x)
    for index in ([17], [17, 3], [59, 17, 17, 0, 31, 32, 33]):
        part = augmented(config, torch.tensor(index))
        assert same(part, Minibatch(*(None if field is None else field[index] for field in whole)))


@pytest.mark.parametrize("config", [EVERYTHING, Augment(noise=0.2), Augment(mixup=1)], ids=str)
@pytest.mark.parametrize("batch_size", [16, 7])
def test_the_cut_into_blocks_changes_no_bit(config, batch_size):
    def read(cut):
        rows = image_rows()
        minibatches = Minibatches(rows, batch_size, 0, augment=Augmentation.of(config, rows, 0))
        return [m for epoch in (0, 1) for start in range(0, len(minibatches), cut)
                for m in minibatches.read(epoch, start, start + cut)]  # fmt: skip

    whole = read(100)
    for cut in (1, 7):
        assert all(same(ours, theirs) for ours, theirs in zip(read(cut), whole, strict=True))


@pytest.mark.parametrize("config", CHOICES, ids=str)
def test_each_epoch_and_seed_differs_and_comes_back(config):
    index = torch.arange(ROWS)
    rows = image_rows()
    augmentation = Augmentation(config, rows, 3)
    one, two, again = (augmentation(rows.take(index), index, epoch) for epoch in (4, 5, 4))
    assert same(one, again)
    assert not torch.equal(one.x, two.x)
    assert not torch.equal(one.x, augmented(config, index, epoch=4, seed=4).x)


def test_rows_of_the_memory_map_become_what_resident_ones_do():
    index = torch.arange(ROWS)
    assert same(augmented(EVERYTHING, index), augmented(EVERYTHING, index, rows=image_rows(resident=False)))


def test_nothing_is_done_unless_it_is_asked_for():
    assert Augmentation.of(Augment(), image_rows(), 0) is None


@pytest.mark.parametrize(("flip", "axes"), [("horizontal", [[3]]), ("vertical", [[2]]), ("both", [[3], [2], [2, 3]])])
def test_flipped_images_are_mirrored_to_the_bit_and_others_untouched(flip, axes):
    x, flipped = image_rows().x, augmented(Augment(flip=flip), torch.arange(ROWS)).x
    kinds = [x, *(x.flip(axis) for axis in axes)]
    found = [next(n for n, kind in enumerate(kinds) if torch.equal(kind[row], flipped[row])) for row in range(ROWS)]
    assert min(np.bincount(found, minlength=len(kinds))) > ROWS / len(kinds) / 3


def test_a_flip_goes_into_the_resampling_where_there_is_one():
    torch.testing.assert_close(
        augmented(Augment(flip="both", shift=1e-9), torch.arange(ROWS)).x,
        augmented(Augment(flip="both"), torch.arange(ROWS)).x, atol=1e-4, rtol=1e-4,
    )  # fmt: skip


def bright_pixel(row, column, height=9, width=13):
    x = np.zeros((200, 1, height, width), np.float32)
    x[:, 0, row, column] = 1
    part = make_part(x.reshape(200, -1), np.empty((200, 0), np.int32), np.zeros(200, int))
    return Rows(part, CPU, (1, height, width))


def places(x):
    """Where the light of each image lies on average, in pixels from its middle: (N, 2) as (across, down)."""
    light = x[:, 0] / x[:, 0].sum((1, 2), keepdim=True)
    down = (light.sum(2) * torch.arange(x.shape[2])).sum(1) - (x.shape[2] - 1) / 2
    across = (light.sum(1) * torch.arange(x.shape[3])).sum(1) - (x.shape[3] - 1) / 2
    return torch.stack([across, down], 1)


def test_shifts_lie_within_their_limit_and_go_each_way():
    rows = bright_pixel(4, 6)
    moved = places(augmented(Augment(shift=0.2), torch.arange(200), rows=rows).x)
    for axis, length in ((0, 13), (1, 9)):
        assert moved[:, axis].abs().max() < 0.2 * length + 0.51
        assert moved[:, axis].min() < -0.1 * length
        assert moved[:, axis].max() > 0.1 * length


def test_rotation_keeps_the_distance_to_the_middle_in_images_that_are_not_square():
    rows = bright_pixel(4, 9)  # three to the right of the middle
    turned = places(augmented(Augment(rotate=80), torch.arange(200), rows=rows).x)
    np.testing.assert_allclose(turned.norm(dim=1), 3, atol=0.35)
    angles = torch.atan2(turned[:, 1], turned[:, 0]).rad2deg()
    assert angles.abs().max() < 88
    assert angles.min() < -60
    assert angles.max() > 60


def test_a_cut_out_is_enlarged_and_lies_within_the_image():
    ramp = np.tile(np.linspace(-1, 1, 40, dtype=np.float32), (300, 40, 1)).reshape(300, -1)
    rows = Rows(make_part(ramp, np.empty((300, 0), np.int32), np.zeros(300, int)), CPU, (1, 40, 40))
    x = augmented(Augment(crop=0.25), torch.arange(300), rows=rows).x[:, 0]
    width = (x[:, 0, -1] - x[:, 0, 0]) / 2  # of the cut-out, in parts of the image
    assert x.min() >= -1 - 1e-5
    assert x.max() <= 1 + 1e-5
    assert 0.4 < width.min() < 0.55  # a quarter of the area, up to 4/3 as high as wide
    assert width.max() > 0.9


def test_no_change_is_no_change():
    identity = torch.eye(2, 3).repeat(2, 1, 1)
    places = grid(identity, 5, 7)
    expected = torch.nn.functional.affine_grid(identity, [2, 1, 5, 7], align_corners=False)
    torch.testing.assert_close(places, expected)


def test_noise_has_the_deviation_that_is_asked_for_on_tables_as_well():
    for rows in (image_rows(), table_rows()):
        noise = augmented(Augment(noise=0.3), torch.arange(ROWS), rows=rows).x - rows.x
        assert abs(noise.std() - 0.3) < 0.05
        assert abs(noise.mean()) < 0.06


def test_mixup_blends_a_row_and_its_target_with_those_of_another():
    rows = table_rows()
    mixed = augmented(Augment(mixup=0.5), torch.arange(ROWS), rows=rows)
    assert torch.equal(mixed.y, rows.y)
    assert torch.equal(mixed.codes, rows.codes)
    assert 0 <= mixed.mix.min() < mixed.mix.max() <= 0.5
    share = mixed.mix.unsqueeze(1)
    # the targets are a multiple of the first column, and so must those of the blend be
    torch.testing.assert_close((1 - share) * mixed.y + share * mixed.y_other, mixed.x[:, :1] * 2)


def test_cutmix_pastes_a_box_of_another_image_and_counts_its_area():
    rows = image_rows()
    mixed = augmented(Augment(cutmix=1.0), torch.arange(ROWS), rows=rows)
    pasted = (mixed.x != rows.x).all(1)  # (N, H, W)
    assert torch.equal(mixed.mix, pasted.float().mean((1, 2)))
    assert mixed.mix.max() > 0.5
    for box in pasted[mixed.mix > 0]:
        down, across = box.any(1), box.any(0)
        assert torch.equal(box, down[:, None] & across)  # a whole box


def test_a_coin_decides_between_the_two():
    rows = image_rows()
    mixed = augmented(Augment(mixup=5, cutmix=1.0), torch.arange(ROWS), rows=rows)
    changed = (mixed.x != rows.x).flatten(1).float().mean(1)
    blended = changed > 0.99
    assert 0.25 < blended.float().mean() < 0.75
    assert torch.all(mixed.mix[blended] <= 0.5)


def test_partners_are_drawn_by_their_weights():
    weight = np.zeros(ROWS, np.float32)
    weight[[4, 9]] = 3, 1
    counts = np.zeros(ROWS)
    rows = image_rows(weight=weight)
    augmentation = Augmentation(Augment(mixup=1), rows, 0)
    for epoch in range(20):
        augmentation(rows.take(torch.tensor([0])), torch.tensor([0]), epoch)
        counts += np.bincount(augmentation.mixing.partner, minlength=ROWS)
    assert set(np.flatnonzero(counts)) == {4, 9}
    assert counts[4] / counts.sum() == pytest.approx(0.75, abs=0.05)


@settings(max_examples=15)
@given(st.floats(0, 0.9), st.floats(0, 180), st.floats(0.01, 1), st.floats(0, 2), st.floats(0, 50), st.floats(0, 50))
def test_whatever_is_asked_for_gives_finite_numbers_within_the_image(shift, rotate, crop, noise, mixup, cutmix):
    rows = image_rows(count=12)
    config = Augment(shift=shift, rotate=rotate, crop=crop, mixup=mixup, cutmix=cutmix)
    changed = augmented(config, torch.arange(12), rows=rows)
    assert rows.x.min() - 1e-4 <= changed.x.min()
    assert changed.x.max() <= rows.x.max() + 1e-4
    assert changed.mix is None or (changed.mix.min() >= 0 and changed.mix.max() <= 1)
    noisy = augmented(Augment(noise=noise), torch.arange(12), rows=rows)
    assert torch.isfinite(noisy.x).all()


def test_float64_stays_float64():
    x = np.random.default_rng(0).normal(size=(6, math.prod(SHAPE)))
    rows = Rows(make_part(x, np.empty((6, 0), np.int32), np.zeros(6, int)), CPU, SHAPE)
    changed = augmented(EVERYTHING, torch.arange(6), rows=rows)
    assert changed.x.dtype == changed.mix.dtype == torch.float64


@pytest.mark.gpu
def test_a_gpu_gives_what_a_cpu_gives_and_never_waits_for_it():
    index = torch.arange(ROWS)
    expected = augmented(EVERYTHING, index)
    part = make_part(image_rows().x.flatten(1).numpy(), np.empty((ROWS, 0), np.int32), np.arange(ROWS) % 5)
    rows = Rows(part, torch.device("cuda"), SHAPE)
    augmentation, index = Augmentation(EVERYTHING, rows, 0), index.cuda()
    augmentation(rows.take(index), index, 0)
    torch.cuda.set_sync_debug_mode("error")
    try:
        found = augmentation(rows.take(index), index, 0)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    torch.testing.assert_close(found.x.cpu(), expected.x, atol=1e-4, rtol=1e-4)
    assert torch.equal(found.y_other.cpu(), expected.y_other)
