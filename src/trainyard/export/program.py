"""A packaged model as one program from raw columns to predictions, traced by torch.export."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from trainyard.data.encoders import CategoryEncoder
from trainyard.data.image_encoder import ImageEncoder
from trainyard.errors import NetworkError
from trainyard.export.columns import NumberCode, feature_module
from trainyard.export.outputs import free_names, head
from trainyard.export.raw_inputs import RawInput, category_numbers
from trainyard.inference import Model

EXAMPLE_ROWS = 3
SHOWN = 300  # characters of an error


class Program(nn.Module):
    """Takes a dict with a tensor per input; texts come as what `lookups` of the format makes of them.

    Those are codes (N,) int64 of a category, and numbers or flags (N,) float64.
    """

    def __init__(self, model: Model, inputs: Sequence[RawInput]):
        super().__init__()
        card = model.card
        self.inputs = tuple(inputs)
        self.network, self.head = model.network, head(model)
        self.names = free_names(self.head.names, [each.name for each in inputs])
        shape = card["inputs"]["image_shape"]
        self.image_shape = None if shape is None else tuple(shape)
        self.dtype = torch.float64 if card["precision"] == "64" else torch.float32
        self.codes = nn.ModuleDict()
        self.features = nn.ModuleDict()
        for place, each in enumerate(inputs):
            if isinstance(each.encoder, CategoryEncoder) and each.form == "number":
                self.codes[str(place)] = NumberCode(category_numbers(each.encoder) or (), missing_code(each.encoder))
            if each.encoder is not None and not each.encoder.codes:
                self.features[str(place)] = feature_module(each.encoder)
        if isinstance(model.encoder, ImageEncoder):
            scale = model.encoder.pixel_scale
            self.register_buffer("center", torch.from_numpy(scale.center))
            self.register_buffer("scale", torch.from_numpy(scale.scale))
            self.center: Tensor
            self.scale: Tensor

    def forward(self, rows: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the predictions for raw rows by name."""
        if self.inputs[0].form == "image":
            output = self.network((rows["image"] - self.center) / self.scale, None)
        else:
            output = self.network(*self._encoded(rows))
        return dict(zip(self.names, self.head(output), strict=True))

    def _encoded(self, rows: dict[str, Tensor]) -> tuple[Tensor, Tensor | None]:
        """Return x (N, F) or images (N, ., ., .), and codes (N, C) where there are any."""
        features, codes = [], []
        for place, each in enumerate(self.inputs):
            values = rows[each.name]
            if str(place) in self.codes:
                values = self.codes[str(place)](values)
            if str(place) in self.features:
                found = self.features[str(place)](values)
                features += [part.unsqueeze(1) if part.ndim == 1 else part for part in found]
            else:
                codes.append(values)
        count = rows[self.inputs[0].name].shape[0]
        limit = torch.finfo(self.dtype).max
        x = torch.cat(features, dim=1) if features else torch.zeros(count, 0, dtype=torch.float64)
        x = x.clamp(-limit, limit).to(self.dtype)
        if self.image_shape is not None:
            x = x.reshape(-1, *self.image_shape)
        return x, torch.stack(codes, dim=1) if codes else None


def missing_code(encoder: CategoryEncoder) -> int:
    """Return the code of a missing value."""
    return len(encoder.categories) + 1 if encoder.missing else 0


def trace(program: Program) -> torch.export.ExportedProgram:
    """Return a program for any number of rows. Raises NetworkError where its network has what cannot be traced."""
    rows = {each.name: _example(each) for each in program.inputs}
    count = torch.export.Dim.DYNAMIC
    shapes = {"rows": {name: {0: count} for name in rows}}
    with quiet(), told("traced by torch.export"), torch.no_grad():
        return torch.export.export(program.eval(), (rows,), dynamic_shapes=shapes)


def _example(each: RawInput) -> Tensor:
    if each.form == "text":
        whole = isinstance(each.encoder, CategoryEncoder)
        return torch.zeros(EXAMPLE_ROWS, dtype=torch.int64 if whole else torch.float64)
    return torch.zeros(EXAMPLE_ROWS, *each.shape, dtype=getattr(torch, each.type))


@contextmanager
def told(what: str) -> Iterator[None]:
    """Raise what torch, or another exporter, raises as a NetworkError in a sentence."""
    try:
        yield
    except Exception as error:  # exporters raise whatever they come across
        words = " ".join(str(error).split())
        shown = words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
        raise NetworkError(f"The network cannot be {what} ({type(error).__name__}: {shown}). format=package holds any "
                           "network.") from error  # fmt: skip


@contextmanager
def quiet() -> Iterator[None]:
    """Let what exporters tell about themselves pass."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
