import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.augment import Augment
from trainyard.config.schema.dataset import Digits
from trainyard.config.schema.model import Classifier, Cnn, Custom, Layers, Linear, Mlp, Regressor, ResNet
from trainyard.networks import Inputs
from trainyard.networks.table import Layer
from trainyard.training import passes, plan, products
from trainyard.training.fit import fit
from trainyard.training.passes import (
    BF16_FROM,
    BF16_FROM_OF_IMAGES,
    Passes,
    choose_passes,
    multiplies_bf16_at_once,
)
from trainyard.training.plan import plan_run
from trainyard.training.products import OneDnnProducts

CPU = torch.device("cpu")
CLASSIFIER = {"model": Classifier()}
AUTO = Accelerator(name="cpu")


@pytest.fixture(autouse=True)
def _fast_processor(monkeypatch):
    monkeypatch.setattr(passes, "multiplies_bf16", lambda: True)
    monkeypatch.setattr(passes, "are_faster", lambda: True)


def choose(device=CPU, *, fast=True, flops=BF16_FROM, convolves=False, **config):
    settings = {"accelerator": AUTO, **CLASSIFIER, **config}
    return choose_passes(make_config(**settings), device, fast=fast, step_flops=flops, convolves=convolves)


def test_a_classifier_with_work_enough_multiplies_in_bf16():
    assert choose() == Passes(bf16=True, one_dnn=True)
    assert choose(flops=BF16_FROM / 2) == Passes(one_dnn=True)
    assert choose(flops=1e6) == Passes()
    assert not choose(flops=BF16_FROM_OF_IMAGES / 2, convolves=True).bf16
    assert choose(flops=BF16_FROM_OF_IMAGES, convolves=True).bf16


@pytest.mark.parametrize(
    "config",
    [
        {"model": Regressor()},
        {"model": Classifier(loss="custom")},
        {"network": Custom(_target_="own.Net")},
    ],
    ids=["a regressor", "a loss of one's own", "a network of one's own"],
)
def test_where_it_could_cost_accuracy_products_have_32_bits(config):
    assert choose(**config) == Passes(one_dnn=True)


@pytest.mark.parametrize(
    "settings",
    [
        {"fast": False},
        {"device": torch.device("cuda", 0)},
        {"compile": True},
        {"accelerator": Accelerator(name="cpu", precision="32")},
        {"accelerator": Accelerator(name="cpu", precision="64")},
        {"accelerator": Accelerator(name="cpu", precision="bf16-mixed")},
    ],
    ids=["the reference engine", "a GPU", "a compiled network", "32 bits", "64 bits", "bf16-mixed"],
)
def test_elsewhere_passes_are_as_they_were_asked_for(settings):
    assert choose(**settings, convolves=True) == Passes()


def test_channels_lie_together_where_there_are_convolutions_on_a_cpu_or_it_was_asked_for():
    assert choose(flops=0, convolves=True) == Passes(channels_last=True)
    asked = {"accelerator": Accelerator(layout="channels_last")}
    assert choose(flops=0, convolves=True, network=Custom(_target_="own.Net")) == Passes()
    assert choose(torch.device("cuda", 0), convolves=True) == Passes()
    assert choose(torch.device("cuda", 0), convolves=True, **asked).channels_last
    assert not choose(flops=0, convolves=False, **asked).channels_last
    contiguous = {"accelerator": Accelerator(name="cpu", layout="contiguous")}
    assert choose(flops=0, convolves=True, **contiguous) == Passes()


WIDE = [Layer("hidden", "Linear", (1000,), 1000 * 785), Layer("output", "Linear", (10,), 10_010)]
SQUARE = [Layer("hidden", "Linear", (784,), 784 * 785), Layer("output", "Linear", (10,), 7850)]
SLIDING = [Layer("first", "Conv2d", (8, 4, 4), 224)]


@pytest.mark.parametrize(
    ("network", "layers", "smallest", "at_once"),
    [
        (Mlp(), WIDE, 3, True), (Mlp(), WIDE, 2, False), (Linear(), WIDE[1:], 2000, True), (Cnn(), SLIDING, 1, True),
        (ResNet(), SLIDING, 1, True), (Layers(), WIDE, 3, False), (Mlp(), [], 3, False),
        (Mlp(residual=True), WIDE, 3, True), (Mlp(residual=True), SQUARE, 10, False), (Mlp(), SQUARE, 10, True),
    ],
)  # fmt: skip
def test_rows_are_16_bit_where_nothing_is_done_with_them_before(network, layers, smallest, at_once):
    config = make_config(network=network)
    asked = config, Passes(bf16=True), Inputs(784), layers, smallest
    assert multiplies_bf16_at_once(*asked) is at_once
    assert not multiplies_bf16_at_once(config, Passes(one_dnn=True), *asked[2:])
    assert not multiplies_bf16_at_once(*asked[:2], Inputs(784, (3,)), *asked[3:])
    augmented = make_config(network=network, dataset=Digits(name="made", target=("label",), augment=Augment(noise=0.1)))
    assert not multiplies_bf16_at_once(augmented, *asked[1:])


def test_rows_of_16_bits_give_the_weights_that_rows_of_32_bits_give(monkeypatch):
    settings = {"network": Mlp(hidden=(5000,)), "accelerator": AUTO, "batch_size": 400, "max_epochs": 2, **CLASSIFIER}
    made = plan_run(make_config(**settings), make_prepared(rows=800), CPU)
    assert made.open_training().rows.x.dtype == torch.bfloat16
    assert made.open_validation().x.dtype == torch.float32
    coarse = fit(made)
    monkeypatch.setattr(plan, "multiplies_bf16_at_once", lambda *_: False)
    fine = fit(made)
    assert coarse.member.history == fine.member.history
    pairs = zip(coarse.model.parameters(), fine.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_the_context_is_that_of_the_products():
    x = torch.ones(2, 2)
    with Passes(bf16=True).context():
        assert (x @ x).dtype == torch.bfloat16
    for ways in (Passes(one_dnn=True), Passes(bf16=True, one_dnn=True)):
        assert isinstance(ways.validation(), OneDnnProducts)
    assert isinstance(Passes(one_dnn=True).context(), OneDnnProducts)
    with Passes().context():
        assert (x @ x).dtype == torch.float32


def test_products_in_bf16_are_told():
    assert "bf16" in Passes(bf16=True).notes()[0]
    assert Passes(one_dnn=True, channels_last=True).notes() == ()


def test_products_in_bf16_cost_no_accuracy(monkeypatch):
    """Of the best validation, beside what another seed does."""

    def losses(ways):
        monkeypatch.setattr(plan, "choose_passes", lambda *_, **__: ways)
        config = {"network": Mlp(hidden=(64, 64)), "max_epochs": 6, **CLASSIFIER}
        plans = [plan_run(make_config(seed=seed, **config), make_prepared(), CPU) for seed in range(4)]
        return torch.tensor([fit(made).member.best_value for made in plans])

    monkeypatch.setattr(products, "WORTH", 0)
    plain, faster = losses(Passes()), losses(Passes(bf16=True))
    assert not torch.equal(faster, plain)
    assert (faster - plain).abs().max() < 0.2 * plain.std()
