"""The engines: which there are on a machine, what they are called, and that all of them compute the same."""

import numpy as np
import pytest

from trainyard.benchmark.child import open_engine
from trainyard.benchmark.engines import NAMES, TOLERANCES, Spec, further, on_cpu
from trainyard.benchmark.rows import Row, judged

EAGER = [Spec("numpy"), Spec("scikit-learn"), Spec("torch"), Spec("trainyard")]
ON_GPU = further(1, ("torch", "captured", "trainyard"), gpu=True, bf16=False)


def checked(case, specs):
    return judged([Row("n", 16, spec, case.rows, losses=tuple(open_engine(spec).check(case))) for spec in specs])


@pytest.mark.parametrize("kind", ["linear", "mlp"])
@pytest.mark.parametrize("batch_size", [1, 60])
def test_every_engine_reaches_the_same_loss_after_the_same_steps(laid_out, kind, batch_size):
    case = laid_out(kind, batch_size)
    rows = checked(case, [*EAGER, Spec("torch", precision="bf16-mixed"), Spec("trainyard", precision="bf16-mixed"),
                          Spec("trainyard", precision="auto")])  # fmt: skip
    assert [row.note for row in rows] == [""] * len(rows)
    assert {len(row.losses) for row in rows} == {case.checked}
    losses = np.array(rows[0].losses)
    assert np.abs(np.diff(losses)).max() > 10 * TOLERANCES["32"]  # else steps would not show


def test_networks_that_numpy_does_not_have_are_compared_among_the_others(laid_out):
    rows = checked(laid_out("cnn"), [Spec("torch"), Spec("trainyard")])
    assert [row.wrong for row in rows] == [False, False]


@pytest.mark.slow
def test_the_compiled_loop_computes_the_same(laid_out):
    assert not any(row.wrong for row in checked(laid_out("mlp"), [Spec("torch"), Spec("compiled"), Spec("numpy")]))


@pytest.mark.gpu
def test_every_engine_on_a_gpu_reaches_the_losses_of_the_cpu(laid_out):
    assert not any(row.wrong for row in checked(laid_out("mlp"), [*EAGER, *ON_GPU]))


def test_engines_say_what_they_rest_on():
    assert all(open_engine(spec).facts()["versions"] for spec in EAGER)


def test_a_cpu_has_its_engines_with_one_thread_and_with_all():
    names = [spec.name for spec in on_cpu(4, tuple(NAMES))]
    assert names[:3] == ["NumPy, 1 thread", "NumPy, 4 threads", "scikit-learn, 1 thread"]
    assert not any("captured" in name or "GPU" in name for name in names)
    assert [spec.name for spec in on_cpu(1, ("torch",))] == ["torch, 1 thread"]


def test_what_a_machine_may_have_brings_further_engines():
    assert further(2, tuple(NAMES), gpu=False, bf16=False) == []
    assert [spec.name for spec in further(2, ("torch",), gpu=False, bf16=True)] == ["torch, 2 threads, bf16"]
    quick = further(2, ("torch", "trainyard"), gpu=False, bf16=True, quick=True)
    assert [spec.name for spec in quick] == ["Trainyard, 1 thread, auto", "Trainyard, 2 threads, auto"]
    on_gpu = [spec.name for spec in further(2, ("numpy", "captured"), gpu=True, bf16=True)]
    assert on_gpu == ["torch captured, GPU", "torch captured, GPU, tf32", "torch captured, GPU, bf16"]
