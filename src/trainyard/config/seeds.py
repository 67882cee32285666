"""Named streams of random numbers, so that no use of chance shifts another."""

import hashlib


def stream_seed(seed: int, stream: str, epoch: int = 0) -> int:
    """Return the seed, 0 <= n < 2**63, of one stream ("weights", "order", "dropout", ...) in one epoch of a run.

    A pure function of its arguments: the same on every machine, and unrelated between streams, epochs and seeds.
    """
    name = f"{seed}/{stream}/{epoch}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big") >> 1
