"""Run folders as training leaves them, made by hand."""

import json

import numpy as np

from trainyard.tracking.journal import Journal


def make_folder(folder, *, epochs=5, monitor="val/loss", classes=None, targets=None, rows=120, seed=0, tested=True):
    rng = np.random.default_rng(seed)
    journal = Journal.create(folder, kind="run", experiment="made", name="made-mlp-1234")
    journal.params({"training.monitor": monitor})
    for epoch in range(1, epochs + 1):
        loss = 2 / epoch + 0.1
        second = {"val/accuracy": 1 - loss / 3} if classes else {"val/rmse": 10 * loss}
        journal.metrics({"train/loss": loss, "val/loss": loss * 1.1, **second}, step=epoch)
    (folder / "model").mkdir()
    (folder / "model" / "card.json").write_text(json.dumps({"classes": classes, "targets": targets}))
    if tested:
        (folder / "metrics.json").write_text(json.dumps({"best/epoch": float(max(1, epochs - 1))}))
        np.savez(folder / "predictions.npz", **predictions(rng, classes, targets, rows))
    journal.end("FINISHED")
    return folder


def predictions(rng, classes, targets, rows):
    if classes:
        size = len(classes)
        target = rng.integers(0, size, rows)
        logits = rng.normal(size=(rows, size)) + 2 * np.eye(size)[target]
        probability = np.exp(logits)
        return {"target": target, "probability": probability / probability.sum(1, keepdims=True)}
    target = rng.normal(size=(rows, len(targets))) * 100
    return {"target": target, "prediction": target + 20 * rng.normal(size=target.shape)}
