"""One benchmark from what was asked for to its files."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainyard.benchmark.engines import NAMES, QUICK, Kind, Spec, further, on_cpu
from trainyard.benchmark.files import CSV, JSON, PARTIAL, PLOT, machine, put_together, write_files
from trainyard.benchmark.measure import Session, Team, team
from trainyard.benchmark.paragraph import paragraph
from trainyard.benchmark.rows import Row
from trainyard.benchmark.worker import Worker
from trainyard.benchmark.workloads import (
    NETWORKS,
    QUICK_NETWORKS,
    QUICK_SIZES,
    SIZES,
    Workload,
    experiment_workload,
    simulated_workloads,
)
from trainyard.config.nearest import listed
from trainyard.config.schema.run import Config
from trainyard.data.prepared import Prepared
from trainyard.errors import ConfigError, TrainyardError
from trainyard.training.cores import usable_cores

SECONDS, QUICK_SECONDS = 300.0, 30.0
FINISH_SECONDS = 3.0  # for the plot and the files
OVERRUN = 0.02  # of the budget, by which the last round may end late
MEASURING = 0.3  # of the budget is for measuring, however long engines take to start on a busy machine
GUIDE = Spec("torch")


@dataclass(frozen=True)
class Asked:
    """What is to be measured: `config` of the experiment with its `prepared` rows, or None for simulated ones.

    `kinds`, `networks` and `sizes` are empty where they are not chosen; `budget` is in seconds, of which `spent` are
    over.
    """

    config: Config
    prepared: Prepared | None
    budget: float
    spent: float = 0.0
    quick: bool = False
    kinds: Sequence[str] = ()
    networks: Sequence[str] = ()
    sizes: Sequence[int] = ()


@dataclass(frozen=True)
class Benchmark:
    """What was measured, on which machine, and what it means in plain words.

    `note` says where starting the engines left too little of the budget, "" where it did not.
    """

    rows: tuple[Row, ...]
    machine: dict[str, Any]
    words: str
    note: str = ""

    def keep(self, folder: Path) -> list[Path]:
        """Write the files and the plot and return their paths.

        They take the places of earlier ones when they are complete: the tables even where the plot cannot be drawn.
        """
        from trainyard.benchmark.plot import draw_benchmark

        gpu = self.machine["gpu"] or "no GPU"
        subtitle = f"{self.machine['processor']}, {self.machine['cores']} cores · {gpu} · simulated or prepared rows"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=PARTIAL) as name:
            write_files(Path(name), self.rows, self.machine, self.words)
            try:
                draw_benchmark(self.rows, subtitle, Path(name) / PLOT)
            finally:
                put_together(Path(name), folder)
        return [folder / CSV, folder / JSON, folder / PLOT]


def run_benchmark(
    asked: Asked, begins: Callable[[str, int, int], object], start: Callable[[Spec], Worker] = Worker
) -> Benchmark:
    """Measure what was asked for; `begins` is told network, batch size and how many cases there are.

    Raises ConfigError where none of the chosen engines has any of the networks, and TrainyardError where not even the
    engine that lays out cases can be started.
    """
    begun = time.monotonic() - asked.spent
    deadline = begun + (1 - OVERRUN) * asked.budget - FINISH_SECONDS
    cores = usable_cores()
    kinds = asked.kinds or (QUICK if asked.quick else tuple(NAMES))
    with tempfile.TemporaryDirectory(prefix="trainyard-benchmark-") as name, team(start) as found:
        specs = on_cpu(cores, kinds)
        found.join(list(dict.fromkeys([GUIDE, *specs])))
        if GUIDE in found.absent:
            raise TrainyardError(f"The engine {GUIDE.name} does not start: {found.absent[GUIDE]}.")
        told = found.facts[GUIDE]
        more = further(cores, kinds, gpu=told["gpu"] is not None, bf16=told["bf16"], quick=asked.quick)
        found.join(more)
        workloads = workloads_of(asked, Path(name), gpu=told["gpu"] is not None)
        check_engines(kinds, workloads, gpu=told["gpu"] is not None)
        note = start_note(time.monotonic() - begun, deadline - time.monotonic(), asked.budget)
        deadline = max(deadline, time.monotonic() + MEASURING * asked.budget)
        session = Session(found, GUIDE, [*specs, *more], Path(name), deadline, asked.budget)
        cases = sum(len(workload.sizes) for workload in workloads)
        rows = session.run(workloads, lambda network, size: begins(network, size, cases))
        return replace(told_of(rows, found, cores), note=note)


def start_note(spent: float, left: float, budget: float) -> str:
    """Return what to say where less than MEASURING of the budget is left once the engines have started, else ""."""
    if left >= MEASURING * budget:
        return ""
    return f"Starting the engines took {spent:.0f} s of the budget of {budget:.0f} s; a larger one measures more."


def workloads_of(asked: Asked, folder: Path, *, gpu: bool) -> list[Workload]:
    """Return what is trained."""
    if asked.prepared is not None:
        return [experiment_workload(asked.config, asked.prepared, asked.sizes)]
    networks = asked.networks or (QUICK_NETWORKS if asked.quick else tuple(NETWORKS))
    sizes = asked.sizes or (QUICK_SIZES if asked.quick else SIZES)
    return simulated_workloads(asked.config, folder, networks, sizes, gpu=gpu)


def check_engines(kinds: Sequence[str], workloads: Sequence[Workload], *, gpu: bool) -> None:
    """Raise ConfigError where none of the chosen engines has any of the networks: why, and which ones have."""
    reasons = {kind: [why_not(kind, workload, gpu=gpu) for workload in workloads] for kind in NAMES}
    if any(None in reasons[kind] for kind in NAMES if kind in kinds):
        return
    told = [f"{kind}: {'; '.join(dict.fromkeys(filter(None, reasons[kind])))}" for kind in NAMES if kind in kinds]
    able = [kind for kind in NAMES if None in reasons[kind]]
    networks = listed([workload.name for workload in workloads], "or")
    raise ConfigError(f"engines={','.join(kinds)}: none of them can train {networks} here ({'; '.join(told)}). "
                      f"There {'are' if len(able) > 1 else 'is'} {listed(able)} for it.")  # fmt: skip


def why_not(kind: Kind, workload: Workload, *, gpu: bool) -> str | None:
    """Return why an engine does not have a network on this machine, None where it does."""
    if kind == "captured" and not gpu:
        return "it needs a GPU that torch can use, and there is none"
    return workload.why_not(Spec(kind))


def told_of(rows: Sequence[Row], found: Team, cores: int) -> Benchmark:
    """Return the rows with the machine and the paragraph on them."""
    about = machine(list(found.facts.values()), cores)
    return Benchmark(tuple(rows), about, paragraph(rows, about["gpu"]))
