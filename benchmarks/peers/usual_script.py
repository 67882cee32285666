"""A training script in the usual style: Hydra, Lightning, DataLoader, torchmetrics, MLFlowLogger, checkpoints.

It does what `python train.py` does for digits: split, standardise, train 20 epochs, restore the best weights, test,
draw the same plots, and log params, metrics, plots and the model with signature and input example to MLflow.
"""

import logging
import os
import warnings
from pathlib import Path

import hydra
import matplotlib
import mlflow
import numpy as np
import pandas as pd
import pytorch_lightning as pl
import torch
from matplotlib import pyplot as plt
from mlflow.models import infer_signature
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_lightning.loggers import MLFlowLogger
from sklearn.datasets import load_digits
from sklearn.metrics import ConfusionMatrixDisplay, RocCurveDisplay
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics import MetricCollection
from torchmetrics.classification import (
    MulticlassAccuracy,
    MulticlassAUROC,
    MulticlassCalibrationError,
    MulticlassF1Score,
)

matplotlib.use("Agg")
ROOT = Path(os.environ["TRAINYARD_ROOT"])


class Classifier(pl.LightningModule):
    """An MLP with the usual metrics."""

    def __init__(self, hidden: int, lr: float, weight_decay: float):
        super().__init__()
        self.save_hyperparameters()
        self.network = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, 10))
        metrics = MetricCollection({
            "accuracy": MulticlassAccuracy(10, average="micro"), "balanced_accuracy": MulticlassAccuracy(10),
            "macro_f1": MulticlassF1Score(10), "roc_auc": MulticlassAUROC(10), "ece": MulticlassCalibrationError(10),
        })  # fmt: skip
        self.validation, self.test = metrics.clone("val/"), metrics.clone("test/")

    def forward(self, x):
        return self.network(x)

    def training_step(self, batch, _):
        x, y = batch
        loss = functional.cross_entropy(self(x), y)
        self.log("train/loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch, _):
        self._evaluate(batch, "val", self.validation)

    def test_step(self, batch, _):
        self._evaluate(batch, "test", self.test)

    def _evaluate(self, batch, part, metrics):
        x, y = batch
        output = self(x)
        self.log(f"{part}/loss", functional.cross_entropy(output, y))
        metrics.update(output.softmax(1), y)
        self.log_dict(metrics)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), self.hparams.lr, weight_decay=self.hparams.weight_decay)


@hydra.main(version_base="1.3", config_path=".", config_name="usual_config")
def main(cfg: DictConfig) -> float:
    """Train, test, draw and log."""
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    pl.seed_everything(cfg.seed)
    digits = load_digits(as_frame=True)
    names = list(digits.data.columns)
    rest, x_test, y_rest, y_test = train_test_split(
        digits.data, digits.target, test_size=0.15, random_state=0, stratify=digits.target
    )
    x_train, x_val, y_train, y_val = train_test_split(rest, y_rest, test_size=0.1765, random_state=0, stratify=y_rest)
    mean, scale = x_train.to_numpy().mean(), x_train.to_numpy().std()

    def loader(x, y, shuffle=False):
        rows = torch.from_numpy(((x.to_numpy() - mean) / scale).astype(np.float32))
        return DataLoader(TensorDataset(rows, torch.from_numpy(y.to_numpy())), cfg.batch_size, shuffle=shuffle)

    logger = MLFlowLogger("digits", tracking_uri=f"sqlite:///{ROOT}/mlflow.db", artifact_location=f"file://{ROOT}/artifacts")
    logger.log_hyperparams(OmegaConf.to_container(cfg, resolve=True))
    checkpoint = ModelCheckpoint(dirpath=Path.cwd() / "checkpoints" / logger.run_id, monitor="val/loss")
    trainer = pl.Trainer(
        accelerator="cpu", max_epochs=cfg.max_epochs, logger=logger, enable_progress_bar=False,
        enable_model_summary=False, callbacks=[checkpoint, EarlyStopping("val/loss", patience=cfg.patience)],
    )  # fmt: skip
    model = Classifier(cfg.hidden, cfg.lr, cfg.weight_decay)
    history = History()
    trainer.callbacks.append(history)
    trainer.fit(model, loader(x_train, y_train, shuffle=True), loader(x_val, y_val))
    results = trainer.test(model, loader(x_test, y_test), ckpt_path="best", verbose=False)[0]
    draw(model, x_test, y_test, mean, scale, history.rows, logger)
    mlflow.set_tracking_uri(f"sqlite:///{ROOT}/mlflow.db")
    with mlflow.start_run(run_id=logger.run_id):
        example = x_test.head(2)
        with torch.no_grad():
            output = model(torch.from_numpy(((example.to_numpy() - mean) / scale).astype(np.float32))).numpy()
        rows = example.astype(np.float32).to_numpy()
        mlflow.pytorch.log_model(
            model.network, name="model", signature=infer_signature(rows, output), input_example=rows,
            pip_requirements=["torch", "mlflow", "numpy"],
        )  # fmt: skip
    del names
    return results["test/loss"]


class History(pl.Callback):
    """Keeps the losses of each epoch for the learning curves."""

    def __init__(self):
        self.rows = []

    def on_train_epoch_end(self, trainer, pl_module):
        self.rows.append({name: float(value) for name, value in trainer.callback_metrics.items()})


def draw(model, x_test, y_test, mean, scale, history, logger) -> None:
    """Draw learning curves, confusion matrix and ROC curves, and log them."""
    with torch.no_grad():
        rows = torch.from_numpy(((x_test.to_numpy() - mean) / scale).astype(np.float32))
        probability = model(rows).softmax(1).numpy()
    figure, axes = plt.subplots(1, 2, figsize=(10, 4))
    frame = pd.DataFrame(history)
    frame[["train/loss", "val/loss"]].plot(ax=axes[0])
    frame[["val/accuracy"]].plot(ax=axes[1])
    log_figure(figure, "learning_curves.png", logger)
    figure, axis = plt.subplots(figsize=(7, 6))
    ConfusionMatrixDisplay.from_predictions(y_test, probability.argmax(1), ax=axis)
    log_figure(figure, "confusion_matrix.png", logger)
    figure, axis = plt.subplots(figsize=(6.4, 5.4))
    for label in range(10):
        RocCurveDisplay.from_predictions(y_test == label, probability[:, label], ax=axis, name=str(label))
    log_figure(figure, "roc.png", logger)


def log_figure(figure, name, logger) -> None:
    """Save a figure and log it as an artifact."""
    figure.tight_layout()
    path = Path.cwd() / name
    figure.savefig(path, dpi=110)
    plt.close(figure)
    logger.experiment.log_artifact(logger.run_id, str(path))


if __name__ == "__main__":
    main()
