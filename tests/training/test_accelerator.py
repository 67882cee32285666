import pytest
import torch

from trainyard.config.schema.accelerator import Accelerator
from trainyard.errors import AcceleratorError
from trainyard.training import accelerator
from trainyard.training.accelerator import SMALL_STEP_FLOPS, check_accelerator, open_device

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _keep_threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def two_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"Card {index}")


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)


@pytest.mark.usefixtures("no_gpu")
def test_a_gpu_that_is_not_there_is_refused_with_a_list_of_what_is(monkeypatch):
    monkeypatch.setattr(accelerator, "cores", lambda: 2)
    with pytest.raises(AcceleratorError) as refused:
        check_accelerator(Accelerator(name="gpu"))
    assert str(refused.value) == (
        "accelerator=gpu: there is no CUDA GPU that torch can use here. There is: cpu (2 cores)."
    )


@pytest.mark.usefixtures("two_gpus")
def test_a_gpu_beyond_the_last_is_refused(monkeypatch):
    monkeypatch.setattr(accelerator, "cores", lambda: 2)
    with pytest.raises(AcceleratorError) as refused:
        check_accelerator(Accelerator(name="gpu", device=2))
    assert str(refused.value) == (
        "accelerator.device=2: there is no such GPU. There is: cpu (2 cores), gpu 0 (Card 0), gpu 1 (Card 1)."
    )


@pytest.mark.usefixtures("two_gpus")
def test_auto_takes_a_gpu_where_there_is_one():
    assert check_accelerator(Accelerator(device=1)) == torch.device("cuda", 1)
    assert check_accelerator(Accelerator(name="cpu")) == CPU


@pytest.mark.usefixtures("no_gpu")
def test_auto_takes_the_cpu_otherwise():
    assert check_accelerator(Accelerator()) == CPU


@pytest.mark.parametrize(
    ("threads", "flops", "expected"),
    [("auto", SMALL_STEP_FLOPS / 2, 1), ("auto", SMALL_STEP_FLOPS * 2, 2), (1, SMALL_STEP_FLOPS * 2, 1), (2, 0, 2)],
)
def test_threads_are_chosen_by_the_work_and_pinned(monkeypatch, threads, flops, expected):
    monkeypatch.setattr(accelerator, "cores", lambda: 2)
    device = open_device(Accelerator(threads=threads), CPU, flops)
    assert device.threads == torch.get_num_threads() == expected
    assert device.description.endswith(f"{expected} of 2 cores")


def test_precision_decides_the_context():
    x = torch.ones(2, 2)
    with open_device(Accelerator(precision="bf16-mixed"), CPU, 0).autocast():
        assert (x @ x).dtype == torch.bfloat16
    with open_device(Accelerator(), CPU, 0).autocast():
        assert (x @ x).dtype == torch.float32
    assert open_device(Accelerator(precision="64"), CPU, 0).double


def test_the_device_knows_its_free_memory():
    assert open_device(Accelerator(), CPU, 0).free_memory() > 2**20
