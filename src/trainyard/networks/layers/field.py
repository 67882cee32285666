"""Capacity and coverage of convolutions: how large a kernel is beside what its outputs see, and how much that is.

Both follow from two numbers of each axis, counted in pixels of the image:

- the jump between two neighbouring outputs of a layer: the product of all strides so far;
- the receptive field R, what one output sees: 1 for the image, and R + dilation * (kernel - 1) * jump after a
  convolution or pooling, with the jump before it.

The real size of a kernel is jump * (dilation * (kernel - 1) + 1). Capacity is that size divided by R after the layer:
a convolution whose kernel is small beside what it sees cannot find patterns in the whole of it. Coverage is R divided
by the size of the image. Cao (A practical theory for designing very deep convolutional neural networks, 2015) wants a
capacity of 1/6 at least in every convolution, and a last one that sees no more than the image; nolearn showed both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainyard.networks.layers.trace import Traced

LEAST_CAPACITY = 1 / 6
CONVOLUTIONS = ("Conv1d", "Conv2d", "Conv3d")
POOLINGS = tuple(f"{kind}Pool{axes}d" for kind in ("Max", "Avg", "LP") for axes in (1, 2, 3))
# after these, one output no longer sees one patch of the image
SCATTERING = (
    "Linear", "Bilinear", "Adaptive", "ConvTranspose", "Upsampl", "Pixel", "Fold", "Unfold", "Flatten", "Unflatten",
    "Permute", "RNN", "LSTM", "GRU", "Multihead", "Transformer", "Embedding", "Cosine", "Pairwise",
)  # fmt: skip

Axes = tuple[float, ...]


@dataclass(frozen=True)
class Field:
    """What one output of a layer sees of the image: receptive field and jump by axis, and the size of the image."""

    receptive: Axes
    jump: Axes
    image: Axes


def convolution_fields(traced: Sequence[Traced], image: tuple[int, ...] | None) -> dict[str, tuple[Axes, Axes]]:
    """Return capacity and coverage, as parts of one by axis, of each convolution that sees patches of the image.

    `image` is (channels, height, width) of the source image.
    """
    fields: dict[str, Field | None] = {"image": _whole(image) if image is not None else None}
    found = {}
    for each in traced:
        layer, kind = each.layer, each.layer.type.name
        before = _widest([fields.get(name) for name in layer.inputs])
        fields[layer.name] = None if kind.startswith(SCATTERING) else before
        if before is not None and kind in (*CONVOLUTIONS, *POOLINGS):
            after, size = _through(before, each.arguments)
            fields[layer.name] = after
            if kind in CONVOLUTIONS:
                found[layer.name] = (_ratio(size, after.receptive), _ratio(after.receptive, after.image))
    return found


def _whole(image: tuple[int, ...]) -> Field:
    axes = len(image) - 1
    return Field((1.0,) * axes, (1.0,) * axes, tuple(map(float, image[1:])))


def _widest(fields: Sequence[Field | None]) -> Field | None:
    known = [field for field in fields if field is not None]
    if not known or len(known) < len(fields):
        return None
    receptive = tuple(max(sizes) for sizes in zip(*(field.receptive for field in known), strict=True))
    jump = tuple(max(sizes) for sizes in zip(*(field.jump for field in known), strict=True))
    return Field(receptive, jump, known[0].image)


def _through(before: Field, arguments: Mapping[str, Any]) -> tuple[Field, Axes]:
    """Return the field after a convolution or pooling, and the real size of its kernel."""
    axes = len(before.jump)
    kernel = _by_axis(arguments["kernel_size"], axes)
    stride = _by_axis(arguments.get("stride") or (1 if "out_channels" in arguments else kernel), axes)
    dilation = _by_axis(arguments.get("dilation", 1), axes)
    extent = [spread * (size - 1) for spread, size in zip(dilation, kernel, strict=True)]
    size = tuple(jump * (reach + 1) for jump, reach in zip(before.jump, extent, strict=True))
    receptive = tuple(
        seen + reach * jump for seen, reach, jump in zip(before.receptive, extent, before.jump, strict=True)
    )
    jump = tuple(step * jump for step, jump in zip(stride, before.jump, strict=True))
    return Field(receptive, jump, before.image), size


def _by_axis(value: Any, axes: int) -> Axes:
    return tuple(map(float, value)) if isinstance(value, tuple) else (float(value),) * axes


def _ratio(above: Axes, below: Axes) -> Axes:
    return tuple(a / b for a, b in zip(above, below, strict=True))
