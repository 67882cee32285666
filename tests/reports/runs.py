"""Run folders as training leaves them, made of numbers."""

import json
import zipfile

import numpy as np

from trainyard.tracking.journal import Journal


def begin(folder, *, epochs=3, metrics=("accuracy",), monitor="val/loss", name="digits-mlp-0a1b2c", status="FINISHED",
          parent=None):  # fmt: skip
    """Write the journal of a run whose loss falls until the last epoch but one; return its folder."""
    journal = Journal.create(folder, kind="run", experiment="tests", name=name, parent=parent, sync=False)
    journal.params({"training.monitor": monitor, "optimizer.lr": 0.001})
    for epoch in range(1, epochs + 1):
        late = 0.1 * (epoch == epochs)
        values = {"train/loss": 1 / epoch, "val/loss": 1.2 / epoch + late, "lr": 0.001}
        values |= {f"val/{metric}": 1 - 1 / (epoch + 1) - late for metric in metrics}
        journal.metrics(values, step=epoch)
    if status:
        journal.end(status)
    else:
        journal.close()
    return folder


def classifier_run(folder, *, classes=("no", "yes"), rows=60, seed=0, **values):
    """Write what a tested classifier leaves; return its folder."""
    begin(folder, **values)
    generator = np.random.default_rng(seed)
    target = generator.integers(0, len(classes), rows)
    logits = generator.normal(size=(rows, len(classes)))
    logits[np.arange(rows), target] += 1.5
    probability = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    np.savez(folder / "predictions.npz", target=target, probability=probability)
    return finish(folder, task="classification", classes=list(classes), targets=["class"])


def regressor_run(folder, *, targets=("length_mm",), rows=60, seed=0, **values):
    """Write what a tested regressor leaves; return its folder."""
    begin(folder, **{"metrics": ("rmse",), **values})
    generator = np.random.default_rng(seed)
    target = generator.gamma(3, 200, (rows, len(targets)))
    np.savez(folder / "predictions.npz", target=target, prediction=target + generator.normal(0, 40, target.shape))
    return finish(folder, task="regression", classes=None, targets=list(targets))


def finish(folder, **card):
    """Write the card and the final metrics of a run; return its folder."""
    (folder / "model").mkdir()
    (folder / "model" / "card.json").write_text(json.dumps(card))
    (folder / "metrics.json").write_text(json.dumps({"best/epoch": 2.0}))
    return folder


LINEAGE = {
    "command": "python train.py dataset=csv", "user": "ada", "sweep": None, "dvc_stage": None,
    "code": {
        "revision": "c" * 40, "branch": "main", "dirty": True, "remote": None, "untracked": ["b.py", "notes.txt"],
        "saved": ["b.py"], "left_out": {"no source": ["notes.txt"]}, "diff_kept": True,
    },
    "data": {
        "name": "fish", "digest": "d" * 32, "origin": "/data/fish.csv", "prepared": "k", "tracked": "dvc",
        "revision": "e" * 40, "changed": False,
        "files": [{
            "part": "train", "path": "/data/fish.csv", "digest": "d" * 32, "tracked": "dvc", "stage": None,
            "record": "/data/fish.csv.dvc", "recorded": "d" * 32, "committed": "d" * 32, "revision": "e" * 40,
            "changed": False,
        }],
    },
    "seeds": {"seed": 1, "split_seed": 0},
    "device": {"name": "CPU x86_64, 1 of 2 cores", "threads": 1, "precision": "32"},
    "environment": {
        "python": "3.11.7", "implementation": "CPython", "platform": "Linux", "machine": "x86_64", "cpu": "Abacus",
        "cores": 2, "memory_bytes": 2**31, "packages": {"abacus": "1.0", "numpy": "2.0.1", "torch": "2.10.0"},
    },
}  # fmt: skip
DIFF = b"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n-a = 1\n+a = 2\n+b = 3\n"


def traced_run(folder, *, lineage=(), config=(), metrics=(), diff=DIFF, sources=(("b.py", "b = 1"),), **values):
    """Write what a finished run tells of where it came from, with some things changed; return its folder."""
    begin(folder, **values)
    (folder / "lineage.json").write_text(json.dumps({**LINEAGE, **dict(lineage)}, indent=2))
    (folder / "config.yaml").write_text(json.dumps({"seed": 1, "optimizer": {"lr": 0.001}, **dict(config)}))
    (folder / "overrides.txt").write_text("dataset=csv\nseed=1\n")
    (folder / "metrics.json").write_text(json.dumps({"test/accuracy": 0.75, "test/loss": 0.5, **dict(metrics)}))
    (folder / "mlflow.json").write_text(json.dumps({"run_id": "f00d", "tracking_uri": "sqlite:///mlflow.db"}))
    (folder / "model").mkdir()
    (folder / "model" / "card.json").write_text(json.dumps({"weights": {"md5": "a" * 32}}))
    (folder / "code.diff").write_bytes(diff)
    with zipfile.ZipFile(folder / "untracked.zip", "w") as archive:
        for name, text in sources:
            archive.writestr(name, text)
    return folder
