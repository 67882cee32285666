"""The commands that go on from a run or a sweep."""

import shlex
from pathlib import Path

from trainyard.config.trusted import HANDED_OVER
from trainyard.reports.run_files import RunFiles

Commands = list[tuple[str, str]]


def run_commands(run: RunFiles, status: str) -> Commands:
    """Return what can be done next with a run, (what it does, the command to paste)."""
    name = short_name(run)
    program = program_of(str(run.lineage.get("command") or ""))
    config = shlex.quote(str(run.folder / "config.yaml"))
    again = [
        ("go on with it", f"{program} resume={name}" + (" training.max_epochs=100" if status == "FINISHED" else "")),
        ("its spread over seeds", f"{program} config={config} -m seed=1,2,3"),
        ("run it again and compare, to the bit", f"trainyard reproduce run={name}"),
    ]
    commands = [
        *([] if _rows_are_gone(run) else again),
        ("where it came from", f"trainyard lineage run={name}"),
        ("what sets another run apart from it", f"trainyard diff {name} latest"),
        ("draw this page and its plots again", f"trainyard report run={name}"),
    ]
    if run.mlflow:
        commands.append(("see it in MLflow", mlflow_command(str(run.mlflow.get("tracking_uri", "")))))
    elif (run.folder / "journal.jsonl").exists():
        commands.append(("bring it to MLflow", f"trainyard sync run={name}"))
    return commands


def _rows_are_gone(run: RunFiles) -> bool:
    """Whether the rows were handed over in Python, so that nothing can train on them again."""
    dataset = run.config.get("dataset")
    target = dataset.get("_target_") if isinstance(dataset, dict) else None
    return str(target).startswith(HANDED_OVER)


def sweep_commands(folder: Path, best: str | None) -> Commands:
    """Return what can be done next with the sweep in `folder`, whose best member lies in its folder `best`."""
    name = folder.name.rsplit("-", 1)[-1]
    commands = [("draw this page and its plot again", f"trainyard report run={name}")]
    if best is None:
        return commands
    member = folder / best
    config, place = shlex.quote(str(member / "config.yaml")), shlex.quote(str(member))
    return [
        ("train the best choices with other seeds", f"python train.py config={config} -m seed=1,2,3"),
        ("where the best member came from", f"trainyard lineage run={place}"),
        *commands,
    ]


def short_name(run: RunFiles) -> str:
    """Return what a person types for a run: the end of its folder's name or, of a member of a sweep, of its id."""
    if run.lineage.get("sweep") is None:
        return run.folder.name.rsplit("-", 1)[-1]
    return str(run.begin.get("id", ""))[:8]


def program_of(command: str) -> str:
    """Return how training was called: "python train.py" or "trainyard train"."""
    words = [word for word in command.split(" ") if word]
    return " ".join(words[:2]) if words[:1] in (["python"], ["trainyard"]) else "python train.py"


def mlflow_command(uri: str) -> str:
    """Return how to see what is kept at a tracking URI."""
    if uri.startswith(("http://", "https://")):
        return uri
    if Path(uri.rpartition("///")[2]).name == "mlflow.db":
        return "mlflow ui, in the folder of the project"
    return f"mlflow ui --backend-store-uri {shlex.quote(uri)}"
