"""Products of linear layers in the way that is fastest for their size.

On x86 torch multiplies matrices with MKL, which uses the 512-bit units of Intel's processors only. oneDNN, which comes
with torch as well, uses those of others too: half the time for layers of some hundred units. The numbers are 32 bit
either way; they are summed in another order. Products in bf16 are faster still, but for small ones, where it costs more
to turn numbers into bf16 than that saves.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

WORTH = 2_000_000  # multiplications of a product below which a call of oneDNN costs more than it saves
CPU_INFO = Path("/proc/cpuinfo")  # of Linux; elsewhere there is no MKL without Intel


@cache
def are_faster() -> bool:
    """Whether this is a processor with 512-bit units that MKL leaves idle, and this torch has what uses them."""
    both_libraries = torch.backends.mkl.is_available() and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    wide = torch.backends.cpu.get_cpu_capability() == "AVX512"
    foreign = CPU_INFO.exists() and "GenuineIntel" not in CPU_INFO.read_text()
    return both_libraries and wide and foreign and are_right()


def are_right() -> bool:
    """Whether the operator is there, and gives a product and its gradients as torch's own does.

    It is no public one, and the next torch may do without it or let it do something else.
    """
    x, weight = (torch.linspace(-1, 1, 48).view(6, 8).requires_grad_() for _ in range(2))
    bias = torch.linspace(0, 1, 6, requires_grad=True)
    try:
        ours, theirs = (
            (output.detach(), *torch.autograd.grad(output.square().sum(), (x, weight, bias)))
            for output in (_Linear.apply(x, weight, bias), functional.linear(x, weight, bias))  # type: ignore[no-untyped-call]
        )
    except (AttributeError, RuntimeError, TypeError):
        return False
    return all(torch.allclose(one, other, rtol=1e-5, atol=1e-5) for one, other in zip(ours, theirs, strict=True))


class OneDnnProducts(TorchFunctionMode):
    """Lets oneDNN compute linear layers of 32 bits, forward and backward, where that pays."""

    def __torch_function__(
        self, function: Callable[..., Any], types: Sequence[type], args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        del types
        if function is functional.linear and not kwargs and len(args) == 3 and is_worth_it(args[0], args[1]):
            return _Linear.apply(*args)  # type: ignore[no-untyped-call]
        return function(*args, **(kwargs or {}))


class SmallIn32(TorchFunctionMode):
    """Lets small linear layers have 32 bits where others have 16."""

    def __torch_function__(
        self, function: Callable[..., Any], types: Sequence[type], args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        del types
        if function is functional.linear and not kwargs and args[0].shape[:-1].numel() * args[1].numel() < WORTH:
            with torch.autocast(args[0].device.type, enabled=False):
                return function(args[0].float(), *args[1:])
        return function(*args, **(kwargs or {}))


def is_worth_it(x: Tensor, weight: Tensor) -> bool:
    """Whether oneDNN is faster for rows x (B, in) and a weight (out, in)."""
    return x.dim() == 2 and x.dtype == weight.dtype == torch.float32 and x.shape[0] * weight.numel() >= WORTH


class _Linear(torch.autograd.Function):
    """x (B, in) times the weight (out, in), plus a bias (out,) or None."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """See torch.autograd.Function."""
        ctx.save_for_backward(x, weight)
        return _product(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """See torch.autograd.Function."""
        x, weight = ctx.saved_tensors
        gradient = gradients[0].contiguous()
        to_x, to_weight, to_bias = ctx.needs_input_grad
        return (
            _product(gradient, weight.t(), None) if to_x else None,
            _product(gradient.t(), x.t(), None) if to_weight else None,
            gradient.sum(0) if to_bias else None,
        )


def _product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    product: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
    return product
