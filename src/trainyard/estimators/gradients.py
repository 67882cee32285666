"""A network's gradients, held to differences of what it computes."""

import copy
from typing import Any

import torch
from torch import Tensor
from torch.autograd import gradcheck
from torch.func import functional_call

from trainyard.inference.model import Model


def check_gradients(model: Model, rows: Any) -> None:
    """Hold the gradient of a model's outputs for raw rows, by each of its weights, to central differences in 64 bits.

    `model` is what `trainyard.load` gives, or model_ of an estimator. A few rows will do; differences are taken along
    random directions (torch.autograd.gradcheck, fast mode). Raises torch.autograd.gradcheck.GradcheckError where they
    differ, as they do for an autograd.Function whose backward is wrong.
    """
    network = copy.deepcopy(model.network).double().requires_grad_(True)
    names, weights = zip(*network.named_parameters(), strict=True)
    batches = [(x.double(), codes) for x, codes in model.forward.batches(*model.encode(rows))]

    def outputs(*values: Tensor) -> Tensor:
        given = dict(zip(names, values, strict=True))
        return torch.cat([functional_call(network, given, batch) for batch in batches])

    gradcheck(outputs, weights, fast_mode=True)
