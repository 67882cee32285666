"""The engine in plain torch: the loop that a good user writes, as it is, compiled, or captured as a CUDA graph."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainyard.benchmark.case import Case, checked_minibatches, has_plain_loss, keep_orders, keep_weights, why_not_plain
from trainyard.benchmark.engines import Spec
from trainyard.benchmark.gate import Gate
from trainyard.benchmark.settled import SettledPlan, settle
from trainyard.data.minibatches import row_order
from trainyard.data.rows import Minibatch
from trainyard.models import Model
from trainyard.training.optimizers import build_optimizer, optimizer_groups

WARM_UPS = 3  # steps on a side stream before a capture, as torch's notes on CUDA graphs ask for


class TorchEngine:
    """Trains by forward, backward and the fused optimizer, on rows that lie on the device."""

    def __init__(self, spec: Spec):
        self.spec = spec
        torch.set_num_threads(spec.threads)

    def facts(self) -> dict[str, Any]:
        """Return versions, the GPU's name (None where there is none) and whether the CPU multiplies in bf16."""
        gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
        return {"versions": {"torch": torch.__version__, "cuda": torch.version.cuda}, "gpu": gpu, "bf16": has_bf16()}

    def check(self, case: Case) -> list[float]:
        """See Engine."""
        loop = Loop(settle(case, self.spec, case.checked_rows()), self.spec.kind)
        order = [torch.from_numpy(index).to(loop.device) for index in checked_minibatches(case)]
        return [float(loop.step(index)) for index in order]

    def train(self, case: Case, gate: Gate) -> None:
        """See Engine."""
        loop = Loop(settle(case, self.spec, case.rows), self.spec.kind)
        while gate.open():
            order = torch.randperm(case.rows, device=loop.device)
            for index in order.split(case.batch_size):  # type: ignore[no-untyped-call]
                loop.step(index)
            gate.close()


class Loop:
    """A plain training loop over the rows of a plan; `step` trains on the rows of an index (B,)."""

    def __init__(self, plan: SettledPlan, kind: str):
        self.plan, self.device = plan, plan.device.torch
        self.model = plan.build_model().to(self.device).train()
        self.rows = plan.open_training().rows
        self.loss = plain_loss(plan, self.model)
        if kind == "compiled":
            self.loss = torch.compile(self.loss)
        self.optimizer = build_optimizer(plan.config.optimizer, optimizer_groups(self.model.network), fused=True)
        self.step: Callable[[Tensor], Tensor] = self.train_on
        if kind == "captured":
            self.step = captured(self)

    def train_on(self, index: Tensor) -> Tensor:
        """Take one step and return the loss before it."""
        minibatch = self.rows.take(index)
        with self.plan.device.autocast():
            loss = self.loss(minibatch)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss.detach()


def plain_loss(plan: SettledPlan, model: Model) -> Callable[[Minibatch], Tensor]:
    """Return the mean loss of a minibatch: torch's cross-entropy where that is all of it."""
    if has_plain_loss(plan.config, plan.prepared) and not plan.prepared.category_sizes:
        return lambda minibatch: functional.cross_entropy(model.network(minibatch.x), minibatch.y)
    return model.loss


def captured(loop: Loop) -> Callable[[Tensor], Tensor]:
    """Return a step that plays back one captured as a CUDA graph, which leaves the weights as they were.

    Its index is copied to where the captured one reads it; one of another length takes the usual step.
    """
    before = [parameter.detach().clone() for parameter in loop.model.parameters()]
    size = min(loop.plan.config.training.batch_size, len(loop.rows))
    static = torch.arange(size, device=loop.device)
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UPS):
            loop.train_on(static)
    torch.cuda.current_stream().wait_stream(stream)
    loop.optimizer.zero_grad()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = loop.train_on(static)
    with torch.no_grad():
        for parameter, value in zip(loop.model.parameters(), before, strict=True):
            parameter.copy_(value)

    def step(index: Tensor) -> Tensor:
        if len(index) != size:
            return loop.train_on(index)
        static.copy_(index)
        graph.replay()
        return loss

    return step


def lay_out(case: Case, spec: Spec) -> dict[str, Any]:
    """Write what the engines without torch need, the order of the checked rows and the initial weights.

    Return the multiplications of the network for a row.
    """
    rows, folder = case.checked_rows(), Path(case.folder)
    epochs = -(-case.checked * case.batch_size // rows)
    keep_orders(folder, [row_order(rows, case.seed, epoch).numpy() for epoch in range(epochs)])
    plan = settle(case, spec, rows)
    if why_not_plain(plan.config, plan.prepared) is None:
        network = plan.build_model().network
        layers = [module for module in network.modules() if isinstance(module, nn.Linear)]
        weights = [layer.weight.detach().numpy().T for layer in layers]
        keep_weights(folder, weights, [layer.bias.detach().numpy() for layer in layers])
    return {"multiplications": max(plan.parameters, sum(layer.multiplications for layer in plan.layers))}


def has_bf16() -> bool:
    """Return whether this CPU has instructions for bf16."""
    try:
        words = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return False
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(words))
