"""The engines that are measured: which there are on a machine, what they are called, how exact they have to be."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from trainyard.benchmark.case import Case
from trainyard.benchmark.gate import Gate
from trainyard.config.schema.accelerator import Precision

Chosen = Literal["auto", Precision]
Kind = Literal["numpy", "scikit-learn", "torch", "compiled", "captured", "trainyard"]
NAMES: dict[Kind, str] = {
    "numpy": "NumPy", "scikit-learn": "scikit-learn", "torch": "torch", "compiled": "torch compiled",
    "captured": "torch captured", "trainyard": "Trainyard",
}  # fmt: skip
WITHOUT_TORCH = ("numpy", "scikit-learn")
QUICK = ("numpy", "torch", "trainyard")
# how far a loss may be from that of the others, in nats or as a part of it where it is larger than 1
TOLERANCES: dict[Chosen, float] = {"32": 2e-4, "tf32": 1e-2, "bf16-mixed": 5e-2, "auto": 5e-2}
ON_GPU: tuple[Chosen, ...] = ("32", "tf32", "bf16-mixed")


class Engine(Protocol):
    """What does the work of a training in a process of its own."""

    def facts(self) -> dict[str, Any]:
        """Return versions and what the machine has, as JSON values."""

    def check(self, case: Case) -> list[float]:
        """Train the checked steps from the initial weights, and return the loss of each before its update."""

    def train(self, case: Case, gate: Gate) -> None:
        """Train from the initial weights, an epoch in each turn of the gate, until it does not open."""


@dataclass(frozen=True)
class Spec:
    """An engine on a device: kind, device (cpu or cuda), CPU threads and precision."""

    kind: Kind
    device: Literal["cpu", "cuda"] = "cpu"
    threads: int = 1
    precision: Chosen = "32"

    @property
    def name(self) -> str:
        """What it is called: torch, 2 threads; Trainyard, GPU, bf16."""
        where = "GPU" if self.device == "cuda" else f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        numbers = {"32": "", "bf16-mixed": ", bf16"}.get(self.precision, f", {self.precision}")
        return f"{NAMES[self.kind]}, {where}{numbers}"

    @property
    def tolerance(self) -> float:
        """How far its losses may be from those of the others."""
        return TOLERANCES[self.precision]

    @property
    def exact(self) -> bool:
        """Whether its losses are among those that others are held to."""
        return self.precision == "32" and self.device == "cpu"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def on_cpu(cores: int, kinds: Sequence[str]) -> list[Spec]:
    """Return the engines of a CPU in 32 bits, of one thread and of all."""
    counts = sorted({1, cores})
    return [Spec(kind, threads=threads) for kind in NAMES if kind in kinds and kind != "captured" for threads in counts]


def further(cores: int, kinds: Sequence[str], *, gpu: bool, bf16: bool, quick: bool = False) -> list[Spec]:
    """Return the engines of what a machine may have: a CPU that multiplies in bf16, and a GPU.

    With the precision "auto", which is the project's own choice, products of wide layers are in bf16 on such a CPU.
    """
    found: list[Spec] = []
    if bf16 and "trainyard" in kinds:
        found += [Spec("trainyard", threads=threads, precision="auto") for threads in sorted({1, cores})]
    if bf16 and not quick:
        found += [Spec(kind, threads=cores, precision="bf16-mixed") for kind in NAMES
                  if kind in kinds and kind in ("torch", "trainyard")]  # fmt: skip
    if gpu:
        found += [Spec(kind, "cuda", precision=precision) for kind in NAMES
                  if kind in kinds and kind not in WITHOUT_TORCH for precision in ON_GPU]  # fmt: skip
    return found
