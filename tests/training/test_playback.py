import torch
from torch.fx.experimental.proxy_tensor import make_fx

from trainyard.training.playback import compile_playback

X, Y = torch.randn(4, 3), torch.randn(4, 2)


def compiled(function, *shapes):
    """The playback of a function of x and y that returns a loss and tensors, and where these are written."""
    graph = make_fx(lambda x, codes, y, weight: function(x, y), tracing_mode="fake", _allow_non_fake_inputs=True)(
        X, None, Y, None
    )
    graph.graph.eliminate_dead_code()
    places = [torch.full(shape, torch.nan) for shape in shapes]
    return compile_playback(graph, places), places


def test_gradients_are_written_where_they_are_wanted():
    playback, (product, summed, copied) = compiled(
        lambda x, y: (y.sum(), (torch.mm(x.t(), y), y.sum(0, keepdim=True).view(2), x.exp())), (3, 2), (2,), (4, 3)
    )
    assert torch.equal(playback(X, None, Y, None), Y.sum())
    assert torch.equal(product, X.t() @ Y)
    assert torch.equal(summed, Y.sum(0))
    assert torch.equal(copied, X.exp())


def test_a_product_that_is_read_again_is_copied():
    def twice(x, y):
        product = torch.mm(x.t(), y)
        return product.sum(), (product,)

    playback, (place,) = compiled(twice, (3, 2))
    assert torch.equal(playback(X, None, Y, None), (X.t() @ Y).sum())
    assert torch.equal(place, X.t() @ Y)


def test_a_gradient_is_cast_as_it_is_copied_unless_its_cast_is_read_again():
    def run(x, y):
        first, second = x.bfloat16().float(), y.bfloat16().float()
        return second.sum(), (first, second)

    playback, (first, second) = compiled(run, (4, 3), (4, 2))
    assert torch.equal(playback(X, None, Y, None), Y.bfloat16().float().sum())
    assert torch.equal(first, X.bfloat16().float())
    assert torch.equal(second, Y.bfloat16().float())


def test_constants_are_computed_once_unless_they_are_written_to():
    def run(x, y):
        filled = torch.ones_like(y) / 4
        counted = torch.zeros_like(x)
        counted.add_(x)
        return (filled * y).sum() + counted.sum(), (x,)

    playback, _ = compiled(run, (4, 3))
    expected = (Y / 4).sum() + X.sum()
    for _ in range(2):
        torch.testing.assert_close(playback(X, None, Y, None), expected)


def test_chance_is_drawn_each_time():
    playback, _ = compiled(lambda x, y: (torch.rand_like(x).sum(), (y,)), (4, 2))
    assert playback(X, None, Y, None) != playback(X, None, Y, None)


def test_views_of_weights_see_the_weights_of_the_moment():
    weight = torch.ones(2, 3)
    playback, (place,) = compiled(lambda x, y: ((x @ weight.t()).sum(), (y,)), (4, 2))
    weight.fill_(2)
    torch.testing.assert_close(playback(X, None, Y, None), 4 * X.sum())
    assert torch.equal(place, Y)
