"""Simulated rows: the same for the same seed, of every class, and to be learned from."""

import numpy as np

from trainyard.benchmark.simulated import write_simulated
from trainyard.data.store import load


def test_they_are_a_pure_function_of_the_seed_and_read_as_an_entry(tmp_path, simulated_config):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_simulated(tmp_path / name, 300, 40, seed)
    a, b, c = (load(tmp_path / name, "", simulated_config.dataset) for name in "abc")
    assert np.array_equal(a.train.x, b.train.x)
    assert not np.array_equal(a.train.x, c.train.x)
    assert (a.train.x.shape, a.train.x.dtype, len(a.val.y), len(a.test.y)) == ((300, 784), np.float32, 40, 0)
    assert set(a.train.y) == set(range(10))
    assert a.class_counts == tuple(np.bincount(a.train.y))
