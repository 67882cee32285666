"""Augmentation of training rows on the device, as a pure function of (seed, epoch, row).

What a row becomes is drawn for all rows of an epoch at once, so that a minibatch costs a few operators and no number
depends on how an epoch is cut.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from trainyard.config.schema.augment import Augment
from trainyard.config.seeds import stream_seed
from trainyard.data.beta import beta_quantiles
from trainyard.data.chance import below, normal_rows, random_bits, right, uniform
from trainyard.data.rows import Minibatch, Rows

DRAWS = 16  # counters of a row; each draw has a number of its own
(SHIFT_X, SHIFT_Y, ANGLE, FLIP_X, FLIP_Y, AREA, RATIO, CROP_X, CROP_Y, PARTNER, SHARE, COIN, BOX_X, BOX_Y) = range(14)
FLIPS = {"none": (), "horizontal": ((3, FLIP_X),), "vertical": ((2, FLIP_Y),), "both": ((3, FLIP_X), (2, FLIP_Y))}
LARGEST_RATIO = 4 / 3  # of the sides of a cut-out, to those of the image
QUANTILES = 1 << 16


class Mixing(NamedTuple):
    """With which other row each row is mixed: its number, how much of it is blended in, and the box that is pasted.

    partner (N,) int64; blend (N,); box (N, 4) int64 as top, bottom, left, right; share (N,) of the partner's target.
    """

    partner: Tensor
    blend: Tensor
    box: Tensor | None
    share: Tensor


class Augmentation:
    """Changes gathered training rows; what is not asked for is not computed."""

    def __init__(self, config: Augment, rows: Rows, seed: int):
        self.config, self.rows, self.seed = config, rows, seed
        self.device = rows.y.device  # where row numbers are
        self.count = len(rows)
        self.epoch = -1
        self.key = 0
        self.transforms: Tensor | None = None  # (N, 2, 3), from places in the output to places in the image
        self.flips: list[tuple[int, Tensor]] = []  # axis, (N,) bool; of images that are not resampled anyway
        self.mixing: Mixing | None = None

    @classmethod
    def of(cls, config: Augment, rows: Rows, seed: int) -> "Augmentation | None":
        """The augmentation that is asked for, None where none is."""
        return None if config == Augment() else cls(config, rows, seed)

    def __call__(self, minibatch: Minibatch, index: Tensor, epoch: int) -> Minibatch:
        """Return the rows of a minibatch, which are those of `index` (B,) int64, as they are in this epoch."""
        if epoch != self.epoch:
            self._draw(epoch)
        x = self._move(minibatch.x, index)
        mixed = minibatch._replace(x=x)
        if self.mixing is not None:
            mixed = self._mix(mixed, index, self.mixing)
        return mixed._replace(x=self._add_noise(mixed.x, index)) if self.config.noise else mixed

    def _draw(self, epoch: int) -> None:
        """Draw everything of an epoch that is drawn once a row."""
        self.epoch, self.key = epoch, stream_seed(self.seed, "augment", epoch)
        config, shape = self.config, tuple(self.rows.x.shape[2:])
        self.flips = [(axis, self._uniform(draw) < 0.5) for axis, draw in FLIPS[config.flip]]
        if config.shift or config.rotate or config.crop < 1:
            self.transforms = self._transforms(shape[0], shape[1])
            self.flips = []
        if config.mixup or config.cutmix:
            self.mixing = self._mixing(shape)

    def _bits(self, draw: int) -> Tensor:
        return random_bits(self.key, torch.arange(self.count, device=self.device).mul_(DRAWS).add_(draw))

    def _uniform(self, draw: int) -> Tensor:
        return uniform(self._bits(draw))

    def _each_way(self, draw: int, most: float) -> Tensor:
        return self._uniform(draw).mul_(2 * most).sub_(most)

    def _transforms(self, height: int, width: int) -> Tensor:
        """Shift, rotation and cut-out as one affine map (N, 2, 3) of places, each axis counted from -1 to 1."""
        config = self.config
        angle = self._each_way(ANGLE, math.radians(config.rotate))
        wide, high = self._crop_sides()
        x = self._each_way(CROP_X, 1.0) * (1 - wide) + self._each_way(SHIFT_X, 2 * config.shift)
        y = self._each_way(CROP_Y, 1.0) * (1 - high) + self._each_way(SHIFT_Y, 2 * config.shift)
        cosine, sine = angle.cos(), angle.sin()
        first = torch.stack([wide * cosine, -wide * sine * (height / width), x], dim=1)
        second = torch.stack([high * sine * (width / height), high * cosine, y], dim=1)
        transforms = torch.stack([first, second], dim=1)
        for axis, flipped in self.flips:
            transforms[:, :, 3 - axis] *= 1 - 2 * flipped.float().unsqueeze(1)
        return transforms

    def _crop_sides(self) -> tuple[Tensor, Tensor]:
        """Width and height of the cut-outs (N,), of those of the image: as Szegedy et al. (2015) draw them."""
        if self.config.crop == 1:
            whole = torch.ones(self.count, device=self.device)
            return whole, whole
        area = self._uniform(AREA).mul_(1 - self.config.crop).add_(self.config.crop)
        ratio = self._each_way(RATIO, math.log(LARGEST_RATIO)).exp()
        return (area * ratio).sqrt().clamp_(max=1), (area / ratio).sqrt().clamp_(max=1)

    def _mixing(self, shape: tuple[int, ...]) -> Mixing:
        """Draw partners and shares; where both kinds are asked for, a coin decides for each row."""
        config, bits = self.config, right(self._bits(SHARE), 48)
        coin = self._uniform(COIN) < 0.5 if config.mixup and config.cutmix else None
        nothing = torch.zeros(self.count, device=self.device)
        blend = share = nothing
        box = None
        if config.mixup:
            share = self._quantiles(config.mixup)[bits]
            share = blend = torch.minimum(share, 1 - share)  # a row keeps at least half of itself
        if config.cutmix:
            box = self._boxes(self._quantiles(config.cutmix)[bits], *shape)
            if coin is not None:
                box = box * coin.unsqueeze(1)
                blend = torch.where(coin, nothing, blend)
            pasted = (box[:, 1] - box[:, 0]) * (box[:, 3] - box[:, 2])
            share = blend + pasted.float() / (shape[0] * shape[1])
        return Mixing(self._partners(), blend, box, share)

    def _quantiles(self, alpha: float) -> Tensor:
        return torch.from_numpy(beta_quantiles(alpha, QUANTILES)).float().to(self.device)

    def _partners(self) -> Tensor:
        """The row that each is mixed with, (N,) int64; one of weight 2 is taken as often as one that is there twice."""
        if self.rows.weight is None:
            return below(self._bits(PARTNER), self.count)
        chance = right(self._bits(PARTNER), 11).cpu().double().mul_(2.0**-53)
        ends = self.rows.weight.cpu().double().cumsum(0)
        found = torch.searchsorted(ends, chance * ends[-1], right=True).clamp_(max=self.count - 1)
        return found.to(self.device)

    def _boxes(self, kept: Tensor, height: int, width: int) -> Tensor:
        """The parts (N, 4) that are pasted, of the size that leaves `kept` (N,) of the image, cut off at its border."""
        side = (1 - kept).sqrt()
        edges = []
        for draw, length in ((BOX_Y, height), (BOX_X, width)):
            middle, half = self._uniform(draw) * length, side * (length / 2)
            edges += [(edge.round().clamp_(0, length)) for edge in (middle - half, middle + half)]
        return torch.stack(edges, dim=1).long()

    def _move(self, x: Tensor, index: Tensor) -> Tensor:
        """Return images flipped and resampled; places outside of an image have the color of its border."""
        for axis, flips in self.flips:
            flipped = flips.index_select(0, index).to(x.device).view(-1, 1, 1, 1)
            x = torch.where(flipped, x.flip(axis), x)
        if self.transforms is None:
            return x
        transforms = self.transforms.index_select(0, index).to(x.device, x.dtype)
        places = grid(transforms, x.shape[2], x.shape[3])
        return functional.grid_sample(x, places, padding_mode="border", align_corners=False)

    def _mix(self, minibatch: Minibatch, index: Tensor, mixing: Mixing) -> Minibatch:
        partner, x = mixing.partner.index_select(0, index), minibatch.x
        other = self.rows.take(partner)
        others = self._move(other.x, partner)
        one_each = (-1, *[1] * (x.dim() - 1))
        if self.config.mixup:
            blend = mixing.blend.index_select(0, index).to(x.device, x.dtype).view(one_each)
            x = x * (1 - blend) + others * blend
        if mixing.box is not None:
            top, bottom, left, right_ = mixing.box.index_select(0, index).to(x.device).view(-1, 4, 1, 1, 1).unbind(1)
            row = torch.arange(x.shape[2], device=x.device).view(1, 1, -1, 1)
            column = torch.arange(x.shape[3], device=x.device).view(1, 1, 1, -1)
            inside = (row >= top) & (row < bottom) & (column >= left) & (column < right_)
            x = torch.where(inside, others, x)
        share = mixing.share.index_select(0, index).to(x.device, x.dtype)
        return minibatch._replace(x=x, y_other=other.y, mix=share)

    def _add_noise(self, x: Tensor, index: Tensor) -> Tensor:
        flat = x.flatten(1)
        bits = random_bits(stream_seed(self.seed, "noise", self.epoch), index).to(x.device)
        return flat.add(normal_rows(bits, flat.shape[1]).to(x.dtype).mul_(self.config.noise)).view_as(x)


def grid(transforms: Tensor, height: int, width: int) -> Tensor:
    """The places (B, height, width, 2) of an image that the pixels are taken from, by affine maps (B, 2, 3).

    By products and sums alone: a matrix product may round in another way with other rows beside it.
    """
    x, y = ((torch.arange(length, device=transforms.device, dtype=transforms.dtype) * 2 + 1) / length - 1
            for length in (width, height))  # fmt: skip
    by_x, by_y, constant = transforms.view(-1, 2, 3, 1, 1).unbind(2)  # (B, 2, 1, 1) each
    return (by_x * x + (by_y * y.unsqueeze(1) + constant)).permute(0, 2, 3, 1)
