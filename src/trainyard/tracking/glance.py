"""What the folder of a run or sweep tells at a glance: a few files, and of a long journal its two ends."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainyard.files import numbers
from trainyard.tracking.lock import is_locked
from trainyard.tracking.reading import JOURNAL, JOURNAL_LOCK, LIFE, Record, alive

WHOLE_BYTES = 65536  # journals up to this size are read as a whole
END_BYTES = 16384  # of longer ones, at each end
TOLD = tuple(f'"type":"{word}"'.encode() for word in (*LIFE, "params"))
RESUME = b'"type":"resume"'
TYPE_WITHIN = 80  # bytes of a line within which its type stands


@dataclass(frozen=True)
class Glance:
    """A run or sweep.

    - begin: the first record of its journal; params: what was chosen, flat
    - status: RUNNING, FINISHED, FAILED or KILLED
    - seconds: how long it ran; of a long journal all the time from its begin to its last word
    - overrides: as they were typed; metrics: final ones, flat; more: what sweep.json holds beside them
    """

    folder: Path
    begin: Record
    params: Mapping[str, Any]
    status: str
    seconds: float
    overrides: tuple[str, ...]
    metrics: Mapping[str, float]
    more: Mapping[str, Any]

    @property
    def is_sweep(self) -> bool:
        """Whether members lie below."""
        return bool(self.begin["kind"] == "sweep")


def glance(folder: Path) -> Glance | None:
    """Return what the folder of a run tells; None where no run began."""
    records, cut = _ends(folder)
    if not records or records[0]["type"] != "begin":
        return None
    if cut and _status(folder, records) == "KILLED":  # or more was added after its end than the journal's end shows
        records = _told((folder / JOURNAL).read_bytes())
    params: dict[str, Any] = {}
    for record in records:
        params |= record["values"] if record["type"] == "params" else {}
    begin = records[0]
    kept = _json(folder / ("sweep.json" if begin["kind"] == "sweep" else "metrics.json"))
    whole = kept if begin["kind"] == "sweep" else {}
    return Glance(
        folder, begin, params, _status(folder, records), _seconds(records), tuple(_lines(folder / "overrides.txt")),
        numbers(whole.get("metrics", {}) if begin["kind"] == "sweep" else kept), whole,
    )  # fmt: skip


def glances(runs: Path) -> Iterator[Glance]:
    """Yield all runs and sweeps in the folders of experiments below `runs`, without the members of sweeps."""
    for experiment in _folders(runs):
        for folder in _folders(experiment):
            found = glance(folder)
            if found is not None:
                yield found


def _folders(path: Path) -> Iterator[Path]:
    try:
        with os.scandir(path) as entries:
            yield from (Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return


def _ends(folder: Path) -> tuple[list[Record], bool]:
    """Return what a journal tells of a life, as far as its two ends do, and whether there is more between them."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= WHOLE_BYTES:
                return _told(file.read()), False
            head = file.read(END_BYTES)
            file.seek(size - END_BYTES)
            tail = file.read()
    except FileNotFoundError:
        return [], False
    return _told(head) + _told(tail[tail.find(b"\n") + 1 :]), True


def _told(data: bytes) -> list[Record]:
    """Return the records of whole lines that tell of a life, those before a resume and the last, whatever they are."""
    lines = data[: data.rfind(b"\n") + 1].splitlines()
    kept = {place for place, line in enumerate(lines) if any(word in line[:TYPE_WITHIN] for word in TOLD)}
    kept |= {place - 1 for place in kept if RESUME in lines[place][:TYPE_WITHIN]} | {len(lines) - 1}
    found = [_record(lines[place]) for place in sorted(kept) if place >= 0]
    return [record for record in found if record is not None]


def _record(line: bytes) -> Record | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and "type" in record else None


def _status(folder: Path, records: list[Record]) -> str:
    last = next(record for record in reversed(records) if record["type"] in LIFE)
    if last["type"] == "end":
        return str(last["status"])
    locked = is_locked(folder / JOURNAL_LOCK)
    return "RUNNING" if (alive(folder) if locked is None else locked) else "KILLED"


def _seconds(records: list[Record]) -> float:
    """Return the time within the lives of a run, from each beginning to its end or the last word."""
    seconds, began, last = 0.0, None, 0.0
    for record in records:
        if record["type"] in ("begin", "resume"):
            seconds += 0.0 if began is None else last - began
            began = record["time"]
        last = record["time"]
        if record["type"] == "end" and began is not None:
            seconds, began = seconds + last - began, None
    return seconds if began is None else seconds + last - began


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
