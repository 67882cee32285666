"""The table of a benchmark: engines by batch size, as multiples of NumPy's speed, with spread, memory and loss."""

import statistics
from collections.abc import Sequence

from trainyard.benchmark.engines import Spec
from trainyard.benchmark.rows import LEFT_OUT, Row, baseline, fastest
from trainyard.config.nearest import listed
from trainyard.reports.text import WIDTH, table, wrapped

MIB = 2**20
WIDEST = 104  # characters: eight batch sizes take a few more than other tables


def table_lines(rows: Sequence[Row]) -> list[str]:
    """Return a table for each network and what is to be said of rows that were not measured or are wrong."""
    lines: list[str] = []
    for network in dict.fromkeys(row.network for row in rows):
        of_network = [row for row in rows if row.network == network]
        lines += ["", network, *network_lines(of_network), *notes(of_network)]
    if any(row.note == LEFT_OUT for row in rows):
        lines += ["", "- is what was left out, as it would have taken longer than there was time."]
    return lines


def network_lines(rows: Sequence[Row]) -> list[str]:
    """Return the table of one network."""
    sizes = sorted({row.batch_size for row in rows})
    bases, best = baseline(rows), {size: fastest([row for row in rows if row.batch_size == size]) for size in sizes}
    cells = [("rows in a batch", *map(str, sizes), "spread", "MiB", "apart")]
    if bases:
        name = next(iter(bases.values())).spec.name
        speeds = [bases.get((rows[0].network, size)) for size in sizes]
        cells.append((f"{name}: rows/s", *("-" if base is None else short(base.speed) for base in speeds), "", "", ""))
    for spec in dict.fromkeys(row.spec for row in rows):
        of_engine = {row.batch_size: row for row in rows if row.spec == spec}
        found = [of_engine.get(size) for size in sizes]
        ratios = [cell(row, bases.get(row.case), best[row.batch_size]) if row else "-" for row in found]
        cells.append((spec.name, *ratios, *summary([row for row in found if row])))
    return table(cells, right=range(1, len(cells[0])), indent=0, width=WIDEST)


def cell(row: Row, base: Row | None, best: Row | None) -> str:
    """Return how many times as fast as the baseline an engine is, its rows a second where that was not measured.

    The fastest has a star.
    """
    if row.wrong:
        return "wrong"
    if row.timing is None:
        return "- "
    star = "*" if row is best else " "
    if base is None:
        return short(row.speed) + star
    ratio = row.speed / base.speed
    return f"{ratio:.{2 if ratio < 9.95 else 1 if ratio < 99.5 else 0}f}{star}"


def summary(rows: Sequence[Row]) -> tuple[str, str, str]:
    """Return an engine's median spread, its most memory in MiB and its largest deviation over all sizes."""
    spreads = [row.timing.spread for row in rows if row.timing is not None and len(row.timing.seconds) > 1]
    memories = [row.memory for row in rows if row.memory is not None]
    apart = [row.deviation for row in rows if row.deviation is not None]
    return (
        f"{statistics.median(spreads):.0%}" if spreads else "-",
        f"{max(memories) / MIB:,.0f}" if memories else "-",
        f"{max(apart):.0e}".replace("e-0", "e-") if apart else "-",
    )


def notes(rows: Sequence[Row]) -> list[str]:
    """Return a sentence for each reason but want of time for which an engine has no figure."""
    said: dict[tuple[Spec, str], list[int]] = {}
    for row in rows:
        if row.note and row.note != LEFT_OUT:
            said.setdefault((row.spec, row.note), []).append(row.batch_size)
    return [f"  {line}" for (spec, note), sizes in said.items()
            for line in wrapped(f"{spec.name} at {listed(map(str, sizes))}: {note}", WIDTH - 2)]  # fmt: skip


def short(speed: float) -> str:
    """Return rows a second in few characters: 961, 68.9k, 1.24M."""
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if speed >= 0.9995 * unit:
            return f"{speed / unit:.3g}{name}" if speed < 999.5 * unit else f"{speed / unit:,.0f}{name}"
    return f"{speed:.0f}"
