"""Random numbers that are a pure function of a key and a counter, computed by whole tensors on any device.

The counter's hash is that of SplitMix64 (Steele, Lea and Flood, 2014). Only whole numbers are computed with, so that a
value does not depend on which others are computed with it.
"""

import torch
from torch import Tensor


def signed(number: int) -> int:
    """The int64 with the bits of a uint64."""
    return number - 2**64 if number >= 2**63 else number


STEP, FIRST, SECOND = (signed(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
SHORT_STEP = -0x61C88647  # 0x9E3779B9, 32 bits of the golden ratio
SHORT_ROUNDS = ((16, 0x7FEB352D), (15, -0x7B935975), (16, 1))  # lowbias32 (Wellons, 2018)
EVEN_BYTES = 0x00FF00FF
BYTE_SUM_MEAN = 4 * 255 / 2
BYTE_SUM_DEVIATION = (4 * (256**2 - 1) / 12) ** 0.5


def random_bits(key: int, counters: Tensor) -> Tensor:
    """64 random bits for each counter, int64 of the same shape."""
    bits = counters.mul(STEP).add_(signed(key % 2**64))
    bits.bitwise_xor_(right(bits, 30)).mul_(FIRST)
    bits.bitwise_xor_(right(bits, 27)).mul_(SECOND)
    return bits.bitwise_xor_(right(bits, 31))


def right(bits: Tensor, places: int) -> Tensor:
    """Bits moved to the right, zeros following."""
    return (bits >> places).bitwise_and_((1 << (64 - places)) - 1)


def uniform(bits: Tensor) -> Tensor:
    """float32 in [0, 1), of the upper 24 bits."""
    return right(bits, 40).float().mul_(2.0**-24)


def below(bits: Tensor, limit: int) -> Tensor:
    """int64 in [0, limit)."""
    return right(bits, 1).remainder_(limit)


def normal_rows(bits: Tensor, columns: int) -> Tensor:
    """float32 (B, columns) of mean 0 and deviation 1, from 64 random bits a row (B,).

    Each is the sum of the four bytes of a hash of 32 bits, which lies within +-3.46 and is nearly normal.
    """
    counters = torch.arange(columns, dtype=torch.int32, device=bits.device).mul_(SHORT_STEP)
    short = right(bits, 32).int().unsqueeze(1) + counters
    for places, factor in SHORT_ROUNDS:
        short.bitwise_xor_((short >> places).bitwise_and_((1 << (32 - places)) - 1)).mul_(factor)
    pairs = (short & EVEN_BYTES).add_((short >> 8).bitwise_and_(EVEN_BYTES))  # two sums of 16 bits
    total = (pairs >> 16).add_(pairs.bitwise_and_(0xFFFF))
    return total.float().sub_(BYTE_SUM_MEAN).mul_(1 / BYTE_SUM_DEVIATION)
