import torch
from torch.fx.experimental.proxy_tensor import make_fx

from trainyard.training.nodes import arguments_of, aten, first_of, is_cast, is_made_by, maker_of, shape_of, target_of


def test_a_node_tells_what_it_is_made_of():
    graph = make_fx(lambda x: torch.mm(x, x).t().t().detach(), tracing_mode="fake")(torch.ones(3, 3)).graph
    (returned,) = arguments_of(next(node for node in graph.nodes if node.op == "output"))
    product = maker_of(returned)
    assert target_of(product) is aten.mm.default
    assert (shape_of(product), first_of(product).op) == (torch.Size([3, 3]), "placeholder")
    assert is_made_by(first_of(returned), aten.t.default)
    assert not is_made_by(None, aten.t.default)
    assert first_of(first_of(product)) is None
    assert maker_of(first_of(product)) is None


def test_a_copy_into_another_dtype_is_a_cast():
    def casts(function):
        graph = make_fx(function, tracing_mode="fake")(torch.ones(2, 3, 4, 4)).graph
        return [is_cast(node) for node in graph.nodes if node.op == "call_function"]

    assert casts(lambda x: x.bfloat16()) == [True]
    assert casts(lambda x: x.to(torch.float32, copy=True) * 2) == [False, False]
    assert casts(lambda x: x.to(torch.float64, memory_format=torch.channels_last)) == [False]
