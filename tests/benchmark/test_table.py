"""The table: multiples of NumPy's speed by batch size, the fastest starred, wrong ones named, reasons below."""

from trainyard.benchmark.rows import LEFT_OUT
from trainyard.benchmark.table import WIDEST, short, table_lines


def test_ratios_are_to_numpy_with_one_thread_and_the_fastest_has_a_star(row):
    lines = table_lines([
        row("numpy", 1000, size=1, memory=3 << 20, deviation=1e-7), row("numpy", 2e6, memory=5 << 20, deviation=2e-7),
        row("torch", 2500, size=1), row("torch", 1e6, wrong=True, note="wrong: its losses are 1e-02 from others'"),
        row("trainyard", size=1, note="not enough memory"), row("trainyard", 3e7),
    ])  # fmt: skip
    assert [line.split() for line in lines if line.strip()] == [
        ["784-500-10"],
        ["rows", "in", "a", "batch", "1", "60", "spread", "MiB", "apart"],
        ["NumPy,", "1", "thread:", "rows/s", "1k", "2M"],
        ["NumPy,", "1", "thread", "1.00", "1.00", "20%", "5", "2e-7"],
        ["torch,", "1", "thread", "2.50*", "wrong", "20%", "-", "-"],
        ["Trainyard,", "1", "thread", "-", "15.0*", "20%", "-", "-"],
        ["torch,", "1", "thread", "at", "60:", "wrong:", "its", "losses", "are", "1e-02", "from", "others'"],
        ["Trainyard,", "1", "thread", "at", "1:", "not", "enough", "memory"],
    ]


def test_each_network_has_its_table_and_one_without_numpy_another_baseline(row):
    lines = table_lines([row("numpy", 10), row("torch", 30, network="cnn"), row("trainyard", 60, network="cnn")])
    assert sum("rows in a batch" in line for line in lines) == 2
    assert any(line.split()[:4] == ["torch,", "1", "thread:", "rows/s"] for line in lines)
    assert any("Trainyard, 1 thread" in line and "2.00*" in line for line in lines)


def test_where_the_baseline_was_not_measured_speeds_are_told(row):
    lines = table_lines([row("numpy", 10, size=1), row("torch", 20, size=1), row("torch", 31_000)])
    assert lines[-1].split() == ["torch,", "1", "thread", "2.00*", "31k*", "20%", "-", "-"]


def test_where_nothing_could_be_measured_the_reasons_are_told(row):
    lines = table_lines([row("numpy", note="not enough memory")])
    assert lines[-1] == "  NumPy, 1 thread at 60: not enough memory"


def test_what_was_left_out_for_want_of_time_is_explained_once(row):
    lines = table_lines([row("numpy", note=LEFT_OUT), row("numpy", size=1, note=LEFT_OUT)])
    assert sum("left out" in line for line in lines) == 1


def test_the_widest_table_fits_a_terminal(row):
    rows = [row(kind, 12345, size=size, threads=12, memory=1234 << 20, deviation=1e-7)
            for kind in ("numpy", "compiled") for size in (1, 4, 16, 60, 256, 1024, 4096, 16384)]  # fmt: skip
    assert max(map(len, table_lines(rows))) <= WIDEST


def test_speeds_are_told_in_few_characters():
    assert [short(speed) for speed in (7.2, 961, 1000, 68_900, 999_600, 1_240_000, 2e9)] == [
        "7", "961", "1k", "68.9k", "1M", "1.24M", "2,000M",
    ]  # fmt: skip
