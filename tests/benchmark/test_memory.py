"""Memory: the most that was held since one began to look."""

import sys

import numpy as np
import pytest

from trainyard.benchmark import memory


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="told by /proc")
def test_the_most_is_of_what_was_held_since_the_beginning():
    large = np.ones(32 << 20, np.uint8)
    del large
    assert memory.begin()
    before = memory.held()
    assert memory.most_held() < before + (8 << 20)
    large = np.ones(32 << 20, np.uint8)
    del large
    assert memory.most_held() > before + (24 << 20)


def test_where_the_system_does_not_tell_nothing_is_known(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "STATUS", tmp_path / "none")
    monkeypatch.setattr(memory, "CLEAR", tmp_path / "none" / "none")
    assert memory.held() is None
    assert memory.begin() is False
