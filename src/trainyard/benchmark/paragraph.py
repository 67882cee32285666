"""The last paragraph of a benchmark: what the machine does, and what a GPU buys, from measured rows alone."""

from collections.abc import Sequence

from trainyard.benchmark.engines import NAMES, WITHOUT_TORCH
from trainyard.benchmark.rows import Row, fastest
from trainyard.benchmark.table import short
from trainyard.benchmark.workloads import MARK, MARK_SIZE
from trainyard.config.nearest import listed


def paragraph(rows: Sequence[Row], gpu: str | None) -> str:
    """Return plain words on the case that the published figures are of, or else on the one with the most engines.

    `gpu` is the name of the GPU, None where there is none.
    """
    ranked = [row for row in rows if row.ranked]
    if not ranked:
        return "No engine was measured, so nothing can be said of this machine."
    network, size = told_case(ranked)
    here = [row for row in ranked if row.case == (network, size)]
    numpy = fastest([row for row in here if row.spec.kind == "numpy"])
    cpu = fastest([row for row in here if row.spec.device == "cpu"])
    compared = {NAMES[row.spec.kind]: None for row in here if row.spec.device == "cpu" and row.spec.kind != "numpy"}
    sentences = [f"On {network} with {size:,} rows a batch {speeds(numpy, cpu, list(compared))}."]
    missing = without_figure([row for row in rows if row.case == (network, size)])
    if missing and cpu is not None:
        sentences.append(f"There is no figure of {listed(missing)} at this size.")
    of_network = [row for row in ranked if row.network == network]
    if gpu is None:
        sentences.append("There is no GPU here that torch can use, so what one would buy is not known: it was not "
                         "measured.")  # fmt: skip
    else:
        sentences.append(on_gpu(of_network, here, cpu, numpy, gpu))
    best = fastest(of_network)
    if best is not None and best.case != (network, size):
        sentences.append(f"Of all batch sizes {best.batch_size:,} is the fastest for this network, {told(best)}.")
    own = fastest([row for row in here if row.spec.kind == "trainyard"])
    if own is not None:
        sentences.append(f"Best setting for a training here at this size: {setting(own)}.")
    return " ".join(sentences)


def told_case(rows: Sequence[Row]) -> tuple[str, int]:
    """Return the case of the published figures where it was measured, else that of the most engines."""
    cases = [row.case for row in rows]
    return (MARK, MARK_SIZE) if (MARK, MARK_SIZE) in cases else max(cases, key=cases.count)


def without_figure(rows: Sequence[Row]) -> list[str]:
    """Return the CPU's engines that were not measured in a case or are wrong, those that nobody chose among them.

    Engines without torch count where one of them has the network.
    """
    found = []
    plain = any(row.spec.kind in WITHOUT_TORCH for row in rows)
    for kind, name in NAMES.items():
        of_kind = [row for row in rows if row.spec.kind == kind and row.spec.device == "cpu"]
        missing = [row.spec.name.removeprefix(f"{name}, ") for row in of_kind if not row.ranked]
        if missing and len(missing) < len(of_kind):
            found.append(f"{name} ({listed(missing)})")
        elif len(missing) == len(of_kind) and kind != "captured" and (plain or kind not in WITHOUT_TORCH):
            found.append(name)
    return found


def speeds(numpy: Row | None, cpu: Row | None, compared: Sequence[str]) -> str:
    """Return how fast NumPy and the best engine on the CPU are; `compared` are the others with a figure."""
    if numpy is None or cpu is None:
        return "no CPU engine gave a result" if cpu is None else f"the fastest on this CPU is {told(cpu)}"
    if cpu is numpy:
        others = (f"none of the others compared with it on this CPU ({listed(compared)}) is faster" if compared else
                  "no other engine was compared with it on this CPU")  # fmt: skip
        return f"NumPy trains {short(numpy.speed)} rows a second ({numpy.spec.name}), and {others}"
    ratio = cpu.speed / numpy.speed
    return (f"NumPy trains {short(numpy.speed)} rows a second ({numpy.spec.name}) and the fastest on this CPU is "
            f"{told(cpu)}, {ratio:.2f} times as many")  # fmt: skip


def on_gpu(of_network: Sequence[Row], here: Sequence[Row], cpu: Row | None, numpy: Row | None, gpu: str) -> str:
    """Return how fast the GPU is, and from which batch size it pays."""
    best = fastest([row for row in here if row.spec.device == "cuda"])
    if best is None:
        return f"The {gpu} gave no result at this size."
    against = [f"{best.speed / row.speed:.1f} times {name}" for row, name in ((numpy, "NumPy"), (cpu, "the CPU's best"))
               if row is not None]  # fmt: skip
    return f"The {gpu} does {told(best)}: {' and '.join(against)}. {pays(of_network)}"


def pays(rows: Sequence[Row]) -> str:
    """Return from which measured batch size on the GPU is faster than every CPU engine."""
    size = crossing(rows)
    both = [size for size in sorted({row.batch_size for row in rows}) if None not in pair(rows, size)]
    if size is None:
        return f"At no size that was measured ({both[0]:,} to {both[-1]:,}) is it the faster one." if both else ""
    if size == both[0]:
        return f"It is the faster one at every size that was measured, from {size:,} rows a batch on."
    return f"It is the faster one from {size:,} rows a batch on."


def crossing(rows: Sequence[Row]) -> int | None:
    """Return the batch size from which on the GPU is the faster one at every size of a network, None for none."""
    found: int | None = None
    for size in sorted({row.batch_size for row in rows}, reverse=True):
        cpu, gpu = pair(rows, size)
        if cpu is None or gpu is None:
            continue
        if gpu.speed <= cpu.speed:
            break
        found = size
    return found


def pair(rows: Sequence[Row], size: int) -> tuple[Row | None, Row | None]:
    """Return the fastest on the CPU and on the GPU at a batch size."""
    here = [row for row in rows if row.batch_size == size]
    cpu, gpu = ([row for row in here if row.spec.device == device] for device in ("cpu", "cuda"))
    return fastest(cpu), fastest(gpu)


def told(row: Row) -> str:
    """Return an engine with its speed."""
    return f"{row.spec.name} with {short(row.speed)}"


def setting(row: Row) -> str:
    """Return the choices of a training that an engine of the project's own stands for."""
    spec = row.spec
    device = "accelerator=gpu" if spec.device == "cuda" else f"accelerator=cpu accelerator.threads={spec.threads}"
    return f"{device} accelerator.precision={spec.precision} training.batch_size={row.batch_size}"
