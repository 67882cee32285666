"""Reads what a run wrote of itself: its records, and whether it still runs."""

import json
import time
from pathlib import Path
from typing import Any

from trainyard.errors import TrainyardError
from trainyard.tracking.lock import is_locked
from trainyard.tracking.process import Process

JOURNAL = "journal.jsonl"
STATE = ".tracking"  # folder in the run's folder: locks, and how far MLflow has it
JOURNAL_LOCK = f"{STATE}/journal.lock"
LIFE = ("begin", "resume", "end")
UNKNOWN_ALIVE_SECONDS = 3600.0  # no locks and another machine: a journal written to lately is taken for alive

Record = dict[str, Any]


class JournalError(TrainyardError):
    """A journal that is not there, or was damaged elsewhere than in its last line."""


def read_journal(folder: Path) -> list[Record]:
    """All records of a run's folder in order; a last line that was cut off in the middle is left out.

    Raises JournalError for a folder without a journal, and for records that are damaged or not numbered in a row.
    """
    try:
        data = (folder / JOURNAL).read_bytes()
    except FileNotFoundError:
        raise JournalError(f"There is no run in {folder}: it has no {JOURNAL}.") from None
    return parse(data, folder / JOURNAL)[0]


def parse(data: bytes, file: Path, first: int = 0) -> tuple[list[Record], int]:
    """Records of `data`, numbered from `first`, and the count of bytes they take: up to the last whole line."""
    records: list[Record] = []
    end = 0
    while (newline := data.find(b"\n", end)) >= 0:
        number = first + len(records)
        try:
            record = json.loads(data[end:newline])
        except ValueError:
            if data.find(b"\n", newline + 1) < 0:
                break
            record = None
        if not isinstance(record, dict) or record.get("n") != number:
            raise JournalError(f"{file}: record {number} is damaged, or two programs wrote at once.")
        records.append(record)
        end = newline + 1
    return records, end


def first_record(folder: Path) -> Record | None:
    """The record that tells who a run is; None where no run began."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            records = parse(file.readline(), folder / JOURNAL)[0]
    except FileNotFoundError:
        return None
    return records[0] if records else None


class Tail:
    """Reads a growing journal bit by bit, from a byte offset and record number on."""

    def __init__(self, folder: Path, offset: int = 0, number: int = 0):
        self.file = folder / JOURNAL
        self.offset = offset
        self.number = number

    def read(self) -> list[Record]:
        """The records that came since the last call; none while the journal is not there."""
        try:
            with self.file.open("rb") as file:
                file.seek(self.offset)
                data = file.read()
        except FileNotFoundError:
            return []
        records, size = parse(data, self.file, self.number)
        self.offset += size
        self.number += len(records)
        return records


def alive(folder: Path) -> bool:
    """Whether a process has the journal open for writing, as told by its lock."""
    locked = is_locked(folder / JOURNAL_LOCK)
    if locked is not None:
        return locked
    owner = next((r for r in reversed(read_journal(folder)) if "pid" in r), None)
    runs = owner is not None and Process.from_dict(owner).runs_here()
    if runs is not None:
        return runs
    return time.time() - (folder / JOURNAL).stat().st_mtime < UNKNOWN_ALIVE_SECONDS


def status(folder: Path) -> str:
    """RUNNING, FINISHED, FAILED or KILLED: neither alive nor ended. Raises JournalError where there is no run."""
    living = alive(folder)  # before reading, or a run that ends in between would seem killed
    return status_of(read_journal(folder), living)


def quick_status(folder: Path) -> str:
    """As `status`, from the last record of the run's life alone: whether others are damaged is not looked at."""
    living = alive(folder)
    try:
        *lines, _torn = (folder / JOURNAL).read_bytes().split(b"\n")
    except FileNotFoundError:
        raise JournalError(f"There is no run in {folder}: it has no {JOURNAL}.") from None
    marks = [f'"type":"{kind}"'.encode() for kind in LIFE]
    last = next((line for line in reversed(lines) if any(mark in line for mark in marks)), None)
    try:
        return status_of([] if last is None else [json.loads(last)], living)
    except ValueError:
        raise JournalError(f"{folder / JOURNAL}: its record of how the run ended is damaged.") from None


def status_of(records: list[Record], living: bool) -> str:
    """The state that a run's records tell of, given whether its writer lives."""
    last = next((record for record in reversed(records) if record["type"] in LIFE), None)
    if last is not None and last["type"] == "end":
        return str(last["status"])
    return "RUNNING" if living else "KILLED"
