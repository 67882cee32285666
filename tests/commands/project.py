"""A folder in which commands are typed as a user types them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 300
ENVIRONMENT = ("TRAINYARD_ROOT", "DVC_ROOT", "HYDRA_FULL_ERROR")


@dataclass(frozen=True)
class Project:
    """A project root of its own; `run` types a command in it."""

    root: Path

    def run(self, *arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `python train.py ...` of the repository to its end."""
        return subprocess.run(
            self.command(*arguments), cwd=cwd or self.root, env=self.environment(**env), capture_output=True, text=True,
            timeout=SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[str]:
        """Start `python train.py ...` in a process group of its own."""
        return subprocess.Popen(
            self.command(*arguments), cwd=self.root, env=self.environment(**env), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def verb(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `trainyard <verb> ...` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "trainyard", *arguments], cwd=self.root, env=self.environment(**env),
            capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(REPOSITORY / "train.py"), *arguments]

    def environment(self, **env: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
        kept = {name: value for name, value in kept.items() if not name.startswith("MLFLOW_")}
        return {**kept, "PYTHONPATH": str(REPOSITORY / "src"), "TRAINYARD_ROOT": str(self.root), **env}

    @property
    def runs(self) -> list[Path]:
        """The folders of all runs and sweeps, the oldest first."""
        return sorted(path.parent for path in (self.root / "runs").glob("*/*/journal.jsonl"))

    def journal(self, folder: Path) -> list[dict]:
        return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
