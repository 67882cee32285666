from hypothesis import given
from hypothesis import strategies as st

from trainyard.config.seeds import stream_seed


def test_a_stream_is_the_same_on_every_machine():
    assert stream_seed(0, "order", 0) == 1829853113658518448


@given(st.integers(0, 2**32 - 1), st.text(max_size=10), st.integers(0, 10**6))
def test_seeds_are_what_torch_takes(seed, stream, epoch):
    assert 0 <= stream_seed(seed, stream, epoch) < 2**63


def test_streams_epochs_and_seeds_are_unrelated():
    seeds = {stream_seed(s, name, e) for s in range(10) for name in ("order", "weights") for e in range(10)}
    assert len(seeds) == 200
