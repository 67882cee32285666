"""Follows a run, or a sweep with all its members, into MLflow."""

import time
from pathlib import Path

from trainyard.tracking.delivery import Delivery
from trainyard.tracking.logged_model import ModelFiles
from trainyard.tracking.members import members
from trainyard.tracking.reading import alive
from trainyard.tracking.store import Store
from trainyard.tracking.system_metrics import SystemWatch

SCAN_SECONDS = 0.25


class Follower:
    """The journals below one folder: the run's or sweep's own, and those of the sweep's members as they come.

    With `watch`, what the trainings use of this machine is sampled every so many seconds.
    """

    def __init__(
        self, folder: Path, store: Store, files: ModelFiles, pace: float = 0.0, watch: float | None = None
    ):
        self.folder = folder
        self._store, self._files, self._pace, self._watch = store, files, pace, watch
        self.own = self._delivery(folder)
        self.ended = False  # MLflow has everything, and no more is to come
        self._written_by_ended = 0
        self._members: dict[Path, Delivery] = {}
        self._ended: set[Path] = set()
        self._next_scan = 0.0

    def step(self) -> bool:
        """Write what is new; return whether MLflow has everything and no more is to come. Raises as Delivery does."""
        living = alive(self.folder)  # before looking for members, or the last one would be missed
        if not self.own.ended:
            self.own.step()
        if self.own.is_sweep:
            self._find_members(at_once=not living)
            for delivery in list(self._members.values()):
                self._step_member(delivery)
        self.ended = self.own.ended and not self._members
        if self.ended:
            self.own.finish()
        return self.ended

    def release(self, problem: str | None = None) -> None:
        """Stop following; `problem` is noted where it will be looked for."""
        for delivery in (self.own, *self._members.values()):
            delivery.release(problem)

    @property
    def busy(self) -> bool:
        """Whether another process is writing it."""
        return self.own.busy or any(delivery.busy for delivery in self._members.values())

    @property
    def written(self) -> int:
        """Records that this follower brought to MLflow."""
        return self._written_by_ended + sum(d.written for d in (self.own, *self._members.values()))

    def _find_members(self, *, at_once: bool) -> None:
        if not at_once and time.monotonic() < self._next_scan:
            return
        self._next_scan = time.monotonic() + SCAN_SECONDS
        for folder in members(self.folder, self.own.run_id):
            if folder not in self._members and folder not in self._ended:
                self._members[folder] = self._delivery(folder)

    def _delivery(self, folder: Path) -> Delivery:
        watch = None if self._watch is None else SystemWatch(self._watch)
        return Delivery(folder, self._store, self._files, self._pace, watch)

    def _step_member(self, delivery: Delivery) -> None:
        delivery.step()
        if delivery.ended:
            delivery.finish()
            self._ended.add(delivery.folder)
            self._written_by_ended += delivery.written
            del self._members[delivery.folder]
