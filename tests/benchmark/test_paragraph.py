"""The paragraph: from measured rows alone, with a GPU and without one."""

import pytest

from trainyard.benchmark.paragraph import crossing, paragraph
from trainyard.benchmark.rows import LEFT_OUT


def test_without_a_gpu_it_says_what_is_not_known(row):
    words = paragraph([row("numpy", 70_000), row("torch", 60_000), row("trainyard", 140_000, threads=2)], None)
    assert words == (
        "On 784-500-10 with 60 rows a batch NumPy trains 70k rows a second (NumPy, 1 thread) and the fastest on this "
        "CPU is Trainyard, 2 threads with 140k, 2.00 times as many. There is no figure of scikit-learn and torch "
        "compiled at this size. There is no GPU here that torch can use, so what one would buy is not known: it was "
        "not measured. Best setting for a training here at this size: accelerator=cpu "
        "accelerator.threads=2 accelerator.precision=32 training.batch_size=60."
    )


def test_with_a_gpu_it_says_how_much_faster_and_from_which_size(row):
    rows = [
        row("numpy", 2000, size=1), row("captured", 1000, size=1, device="cuda"),
        row("numpy", 70_000), row("torch", 80_000), row("captured", 800_000, device="cuda", precision="tf32"),
        row("trainyard", 700_000, device="cuda"),
        row("numpy", 70_000, size=256), row("captured", 4_000_000, size=256, device="cuda"),
    ]  # fmt: skip
    words = paragraph(rows, "H100")
    assert "The H100 does torch captured, GPU, tf32 with 800k: 11.4 times NumPy and 10.0 times the CPU's best." in words
    assert "It is the faster one from 60 rows a batch on." in words
    assert "Of all batch sizes 256 is the fastest for this network, torch captured, GPU with 4M." in words
    assert words.endswith("accelerator=gpu accelerator.precision=32 training.batch_size=60.")
    assert "not known" not in words


def test_wrong_rows_and_those_that_were_not_measured_have_no_say(row):
    rows = [row("numpy", 100), row("torch", 9000, wrong=True), row("captured", device="cuda", note="not enough memory")]
    words = paragraph(rows, "H100")
    assert "(NumPy, 1 thread), and no other engine was compared with it on this CPU." in words
    assert "There is no figure of scikit-learn, torch, torch compiled and Trainyard at this size." in words
    assert "The H100 gave no result at this size." in words
    assert paragraph([row("numpy", wrong=True)], None).startswith("No engine was measured")


def test_where_numpy_is_the_fastest_it_says_of_which_engines_and_which_have_no_figure(row):
    rows = [row("numpy", 100), row("torch", 90), row("scikit-learn", 80), row("trainyard", 70),
            row("trainyard", 900, size=256), row("trainyard", note=LEFT_OUT, threads=2), row("compiled", note=LEFT_OUT),
    ]  # fmt: skip
    words = paragraph(rows, None)
    assert "and none of the others compared with it on this CPU (torch, scikit-learn and Trainyard) is faster." in words
    assert "There is no figure of torch compiled and Trainyard (2 threads) at this size." in words


def test_engines_that_do_not_have_the_network_are_not_missed(row):
    rows = [row("torch", 10, network="cnn"), row("compiled", 10, network="cnn"), row("trainyard", 20, network="cnn")]
    assert "no figure" not in paragraph(rows, None)


def test_another_network_is_told_of_where_the_published_one_was_not_measured(row):
    rows = [row("torch", 10, network="iris, mlp", size=16), row("trainyard", 20, network="iris, mlp", size=16)]
    assert paragraph(rows, None).startswith("On iris, mlp with 16 rows a batch the fastest on this CPU is Trainyard")


@pytest.mark.parametrize(
    ("gpu", "found", "said"),
    [
        ({1: 5, 60: 50, 256: 500}, 60, "from 60 rows a batch on"),
        ({1: 50, 60: 50, 256: 500}, 1, "at every size that was measured, from 1 rows"),
        ({1: 5, 60: 5, 256: 5}, None, "At no size that was measured (1 to 256)"),
        ({1: 50, 60: 5, 256: 500}, 256, "from 256 rows a batch on"),
        ({60: 50}, 60, "at every size that was measured, from 60 rows"),
        ({}, None, ""),
    ],
)
def test_a_gpu_pays_from_the_size_on_after_which_it_is_always_faster(row, gpu, found, said):
    rows = [row("numpy", 10, size=size) for size in (1, 60, 256)]
    rows += [row("torch", speed, size=size, device="cuda") for size, speed in gpu.items()]
    assert crossing(rows) == found
    if 60 in gpu:
        assert said in paragraph(rows, "H100")
