import pytest
import torch
from torch import nn
from torch.autograd.gradcheck import GradcheckError

import trainyard
from tests.estimators.rows import SETTINGS, flowers
from trainyard import Classifier

OWN = {name: value for name, value in SETTINGS.items() if name != "hidden"}


class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, gradient):
        return gradient


class Wrong(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.linear = nn.Linear(inputs.numeric, outputs)

    def forward(self, x, codes=None):
        return Half.apply(self.linear(x))


def test_right_gradients_pass_and_leave_the_model_alone():
    classifier = Classifier(**SETTINGS).fit(*flowers())
    before = classifier.predict_proba(flowers()[0])
    trainyard.check_gradients(classifier.model_, flowers()[0][:3])
    assert (classifier.predict_proba(flowers()[0]) == before).all()
    assert not any(weight.requires_grad for weight in classifier.model_.network.parameters())


def test_a_backward_that_is_wrong_is_found():
    classifier = Classifier(Wrong, **OWN).fit(*flowers())
    with pytest.raises(GradcheckError):
        trainyard.check_gradients(classifier.model_, flowers()[0][:3])
