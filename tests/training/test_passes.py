import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.model import Classifier, Custom, Mlp, Regressor
from trainyard.training import passes, plan, products
from trainyard.training.fit import fit
from trainyard.training.passes import BF16_FROM, BF16_FROM_OF_IMAGES, Passes, choose_passes
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
