"""What the folder of a run tells of it, read without MLflow."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from trainyard.config.metric_names import METRICS
from trainyard.errors import ConfigError
from trainyard.files import numbers
from trainyard.lineage.code import ARCHIVE, DIFF
from trainyard.lineage.patch import ChangedFile, changed_files
from trainyard.tracking.reading import JournalError, first_record, quick_status

LINEAGE = "lineage.json"
REPRODUCES = "reproduces"  # tag of a run: the id of the one that it repeats


@dataclass(frozen=True)
class RunFiles:
    """The files of one run; each is read when it is first asked for, and empty where it is not there."""

    folder: Path
    lineage: Mapping[str, Any]

    @cached_property
    def begin(self) -> Mapping[str, Any]:
        """The first record of the journal: id, name, experiment, host, time in seconds since 1970."""
        return first_record(self.folder) or {}

    @cached_property
    def status(self) -> str:
        """RUNNING, FINISHED, FAILED or KILLED; UNKNOWN where the journal is damaged."""
        try:
            return quick_status(self.folder)
        except JournalError:
            return "UNKNOWN"

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """The composed config."""
        import yaml  # type: ignore[import-untyped]  # it has no types

        try:
            return dict(yaml.safe_load((self.folder / "config.yaml").read_text(encoding="utf-8")) or {})
        except (OSError, ValueError, TypeError, yaml.YAMLError):
            return {}

    @cached_property
    def overrides(self) -> list[str]:
        """What was typed."""
        try:
            return (self.folder / "overrides.txt").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    @cached_property
    def metrics(self) -> Mapping[str, float]:
        """The final metrics."""
        return numbers(_json(self.folder / "metrics.json"))

    @cached_property
    def mlflow(self) -> Mapping[str, str]:
        """run_id, experiment_id and tracking_uri of the run in MLflow."""
        return _json(self.folder / "mlflow.json")

    @cached_property
    def card(self) -> Mapping[str, Any]:
        """The card of the packaged model."""
        return _json(self.folder / "model" / "card.json")

    @cached_property
    def model_md5(self) -> str | None:
        """md5 of the packaged model's weights."""
        weights = self.card.get("weights", {})
        return str(weights["md5"]) if "md5" in weights else None

    @cached_property
    def changed(self) -> list[ChangedFile]:
        """What was not committed of the files that git tracks."""
        try:
            return changed_files((self.folder / DIFF).read_bytes())
        except OSError:
            return []

    @cached_property
    def untracked(self) -> Mapping[str, int]:
        """The untracked sources that were kept, each with the CRC-32 of its bytes."""
        import zipfile

        try:
            with zipfile.ZipFile(self.folder / ARCHIVE) as archive:
                return {entry.filename: entry.CRC for entry in archive.infolist()}
        except (OSError, zipfile.BadZipFile):
            return {}

    @property
    def main_metric(self) -> tuple[str, float] | None:
        """The metric that a person looks at first: test/accuracy, or test/rmse; None before the test."""
        for directions in METRICS.values():
            main = f"test/{next(name for name in directions if name != 'loss')}"
            value = self.metrics.get(main)
            if value is not None and not math.isnan(value):
                return main, value
        return None


def read_run(folder: Path, key: str = "run") -> RunFiles:
    """Return the files of a run; raise ConfigError, naming the key, for a sweep and for a run that left no lineage."""
    file = folder / LINEAGE
    try:
        lineage = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        members = sorted(path.parent for path in folder.glob(f"*/{LINEAGE}"))
        if members:
            raise ConfigError(f"{key}={folder}: is a sweep; name one of its runs, such as {members[0]}") from None
        raise ConfigError(f"{key}={folder}: has no {LINEAGE}; the run ended before it wrote one") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{key}={folder}: its {LINEAGE} cannot be read: {error}") from None
    return RunFiles(folder, lineage)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
