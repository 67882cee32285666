"""The processes that work beside a training: the mirror into MLflow and the reporter that draws."""

from pathlib import Path
from typing import Self

from trainyard.config.schema.run import Tracking
from trainyard.reports.process import Reporter, start_reporter
from trainyard.tracking.client import Mirror, start_mirror
from trainyard.tracking.rank import is_first_process
from trainyard.tracking.sync import reconcile

DRAW_SECONDS = 60.0


class Companions:
    """One mirror and one reporter for a run, or for all members of a sweep."""

    def __init__(self, mirror: Mirror | None, drain: float):
        self.mirror, self.drain_seconds = mirror, drain
        self._reporter: Reporter | None = None

    @classmethod
    def start(cls, folder: Path, tracking: Tracking, root: Path) -> Self:
        """Start the mirror of the run or sweep in `folder`, so that MLflow is imported while torch is.

        Runs that died with their mirror since the last start are brought to their end in MLflow, and named.
        """
        if not is_first_process():
            return cls(None, tracking.drain)
        for dead in reconcile(root, tracking):
            print(f"{dead} was killed before its end; MLflow is told so now.", flush=True)
        return cls(None if tracking.name == "off" else start_mirror(folder, tracking, root), tracking.drain)

    def warm_up_reporter(self) -> None:
        """Start the reporter, which imports its plotting library while training goes on."""
        if self._reporter is None:
            self._reporter = start_reporter()

    def draw(self, folder: Path) -> None:
        """Ask for the plots of a run."""
        self.warm_up_reporter()
        if self._reporter is not None:
            self._reporter.draw(folder)

    def drawn(self) -> list[Path] | str:
        """Wait for the plots that were asked for; a sentence where they could not be drawn."""
        return [] if self._reporter is None else self._reporter.result(DRAW_SECONDS)

    def drain(self) -> bool:
        """Wait for the mirror; return whether MLflow has everything."""
        return self.mirror is None or self.mirror.drain(self.drain_seconds)

    @property
    def problem(self) -> str | None:
        """What MLflow did not take, in a sentence."""
        return None if self.mirror is None else self.mirror.problem

    def close(self, *, began: bool = True) -> None:
        """Let go of the reporter. The mirror ends by itself when it has written everything, or now if nothing began."""
        if self._reporter is not None:
            self._reporter.close()
        if self.mirror is not None and not began:
            self.mirror.cancel()
