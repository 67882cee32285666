"""The plot: a panel a network, the same bytes for the same rows, and the size from which a GPU pays."""

import pytest
from matplotlib.figure import Figure

from trainyard.benchmark.plot import draw_benchmark, draw_network
from trainyard.benchmark.rows import LEFT_OUT


@pytest.fixture
def rows(row):
    """Rows of two networks, one of them on a GPU as well."""
    cpu = [row("numpy", speed, size=size, network=network, threads=threads) for network in ("784-500-10", "784-10")
           for size, speed in ((1, 2e3), (60, 7e4), (256, 8e4)) for threads in (1, 2)]  # fmt: skip
    gpu = [row("captured", speed, size=size, device="cuda") for size, speed in ((1, 1e3), (60, 1e5), (256, 1e6))]
    return [*cpu, *gpu, row("torch", 9e9, wrong=True), row("trainyard", note="not enough memory")]


def test_it_is_drawn_the_same_each_time(rows, tmp_path):
    one, two = (draw_benchmark(rows, "made", tmp_path / name) for name in "ab")
    assert one.read_bytes().startswith(b"\x89PNG")
    assert one.read_bytes() == two.read_bytes()


def test_what_is_not_ranked_is_not_drawn_and_the_crossing_is(rows):
    axes = Figure().add_subplot()
    draw_network(axes, "784-500-10", [row for row in rows if row.network == "784-500-10"])
    _, labels = axes.get_legend_handles_labels()
    assert labels == ["NumPy, 1 thread", "NumPy, 2 threads", "torch captured, GPU", "GPU pays from 60"]
    assert [line.get_linestyle() for line in axes.get_lines()][:3] == ["--", "-", "-"]


def test_a_network_of_which_nothing_was_measured_has_no_panel(rows, row, tmp_path):
    one, two = (draw_benchmark(drawn, "made", tmp_path / name) for name, drawn in
                (("a", rows), ("b", [*rows, row("numpy", network="cnn", note=LEFT_OUT)])))  # fmt: skip
    assert one.read_bytes() == two.read_bytes()


def test_nothing_measured_is_an_empty_plot(row, tmp_path):
    for rows in ([row("numpy", note="not enough memory")], [row("torch", 100, wrong=True)], []):
        assert draw_benchmark(rows, "made", tmp_path / f"{len(rows)}.png").exists()
