"""Run folders as training leaves them, made of numbers."""

import json

import numpy as np

from trainyard.tracking.journal import Journal


def begin(folder, *, epochs=3, metrics=("accuracy",), monitor="val/loss", name="digits-mlp-0a1b2c", status="FINISHED"):
    """Write the journal of a run whose loss falls until the last epoch but one; return its folder."""
    journal = Journal.create(folder, kind="run", experiment="tests", name=name, sync=False)
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
