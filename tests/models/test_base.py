import pytest
import torch
from torch import nn

from trainyard.models import Model


class Half(nn.Module):
    def forward(self, x, codes=None):
        return x.to(torch.bfloat16)


def test_outputs_have_32_bits_at_least():
    assert Model(Half())(torch.ones(2, 1)).dtype == torch.float32


def test_double_stays_double():
    class Same(nn.Module):
        def forward(self, x, codes=None):
            return x

    assert Model(Same())(torch.ones(2, 1, dtype=torch.float64)).dtype == torch.float64


def test_a_block_is_worked_off_by_what_training_attached():
    seen = []
    model = Model(Half())
    model.train_block = seen.append
    model.training_step("block", 0)
    assert seen == ["block"]


@pytest.mark.parametrize("call", [lambda m: m.row_loss(None, None), lambda m: m.metrics(None, None, None)])
def test_the_base_alone_is_no_model(call):
    with pytest.raises(TypeError, match="Model defines no"):
        call(Model(Half()))
