"""Networks, losses and metrics as a user would write them, named by configs in tests."""

import torch
from torch import nn
from torch.nn import functional


class Plain(nn.Module):
    """Knows its sizes by arguments and takes numbers alone."""

    def __init__(self, features, classes, width=8):
        super().__init__()
        self.hidden = nn.Linear(features, width)
        self.last = nn.Linear(width, classes)

    def forward(self, x):
        return self.last(torch.relu(self.hidden(x.flatten(1))))


class Fitted(nn.Module):
    """Takes its sizes from the data, and categories too."""

    def __init__(self, inputs, outputs, scale=1.0):
        super().__init__()
        self.table = nn.ModuleList(nn.Embedding(size, 2) for size in inputs.category_sizes)
        self.last = nn.Linear(inputs.numeric + 2 * len(self.table), outputs)
        self.register_buffer("scale", torch.tensor(scale), persistent=False)

    def forward(self, x, codes=None):
        embedded = [table(codes[:, place]) for place, table in enumerate(self.table)]
        return self.scale * self.last(torch.cat([x.flatten(1), *embedded], 1))


class Broken(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.last = nn.Linear(3, outputs)

    def forward(self, x):
        return self.last(x.view(7, 99))


def no_network(outputs):
    return "text"


not_callable = 3


def squared(output, y, power=2):
    """Return a loss per row, of classes or of numbers."""
    if y.ndim == 1:
        y = functional.one_hot(y, output.shape[1])
    return (output - y).abs().pow(power).mean(1)


class Margin(nn.Module):
    def __init__(self, margin=1.0):
        super().__init__()
        self.margin = margin

    def forward(self, output, y):
        return functional.multi_margin_loss(output, y, margin=self.margin, reduction="none")


def averaged(output, y):
    return squared(output, y).mean()


def constant(output, y):
    return torch.zeros(len(y))


def forgotten(output, y):
    squared(output, y)


def failing(output, y):
    raise RuntimeError("not today")


def share_right(prediction, y, weight=None):
    right = (prediction == y).double()
    return right.mean() if weight is None else (right * weight).sum() / weight.sum()


def largest_error(prediction, y, factor=1.0):
    return factor * (prediction - y).abs().max()


def mean_confidence(probability, y):
    return float(probability.max(1).values.mean())


def output_mean(output, y):
    return output.mean()


def swapped(y, prediction):
    return 0.0


def vector(output, y):
    return output[:, 0]
