import pytest
import torch
from torch import nn
from torch.nn import functional

from trainyard.training import products
from trainyard.training.products import CPU_INFO, WORTH, OneDnnProducts, SmallIn32, are_faster, are_right, is_worth_it

needs_one_dnn = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="torch was built without oneDNN")


@needs_one_dnn
@pytest.mark.parametrize("bias", [True, False])
def test_outputs_and_gradients_are_those_of_torch(monkeypatch, bias):
    monkeypatch.setattr(products, "WORTH", 0)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(7, 12, bias=bias), nn.ReLU(), nn.Linear(12, 3, bias=bias))
    x = torch.randn(9, 7, requires_grad=True)
    wanted = [x, *network.parameters()]
    expected = torch.autograd.grad(network(x).square().sum(), wanted)
    with OneDnnProducts():
        output = network(x)
    assert output.grad_fn.name() == "_LinearBackward"
    for ours, theirs in zip(torch.autograd.grad(output.square().sum(), wanted), expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


@needs_one_dnn
def test_what_needs_no_gradient_gets_none(monkeypatch):
    monkeypatch.setattr(products, "WORTH", 0)
    layer = nn.Linear(4, 2)
    layer.weight.requires_grad_(False)
    with OneDnnProducts():
        layer(torch.ones(3, 4)).sum().backward()
    assert layer.weight.grad is None
    assert torch.equal(layer.bias.grad, torch.full((2,), 3.0))


@needs_one_dnn
def test_an_operator_that_is_gone_or_does_something_else_is_not_taken(monkeypatch):
    assert are_right()
    for product in (lambda *_: 2 * torch.ones(6, 6), lambda *_: torch.ones(5), lambda *_: torch.ops.mkldnn.not_there()):
        monkeypatch.setattr(products, "_product", product)
        assert not are_right()


@pytest.mark.parametrize(
    ("x", "out"),
    [
        (torch.zeros(10, 100), WORTH // 1000 - 1),
        (torch.zeros(10, 100, dtype=torch.float64), WORTH // 1000),
        (torch.zeros(2, 5, 100), WORTH // 1000),
    ],
    ids=["small", "64 bits", "more axes"],
)
def test_where_it_does_not_pay_or_is_not_exact_torch_computes(x, out):
    weight = torch.zeros(out, 100, dtype=x.dtype)
    assert not is_worth_it(x, weight)
    with OneDnnProducts():
        assert torch.equal(functional.linear(x, weight), torch.zeros(*x.shape[:-1], out, dtype=x.dtype))
    assert is_worth_it(torch.zeros(10, 100), torch.zeros(WORTH // 1000, 100))


def test_where_others_have_16_bits_a_small_layer_has_32(monkeypatch):
    x, weight = torch.randn(4, 8), torch.randn(2, 8)
    with torch.autocast("cpu", dtype=torch.bfloat16), SmallIn32():
        assert torch.equal(functional.linear(x.bfloat16(), weight), functional.linear(x.bfloat16().float(), weight))
        monkeypatch.setattr(products, "WORTH", 64)
        assert functional.linear(x, weight).dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("vendor", "capability", "faster"),
    [("AuthenticAMD", "AVX512", True), ("GenuineIntel", "AVX512", False), ("AuthenticAMD", "AVX2", False)],
)
@needs_one_dnn
def test_it_is_for_wide_units_that_mkl_leaves_idle(tmp_path, monkeypatch, vendor, capability, faster):
    info = tmp_path / CPU_INFO.name
    info.write_text(f"processor : 0\nvendor_id : {vendor}\n")
    monkeypatch.setattr(products, "CPU_INFO", info)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: True)
    are_faster.cache_clear()
    try:
        assert are_faster() is faster
    finally:
        are_faster.cache_clear()
