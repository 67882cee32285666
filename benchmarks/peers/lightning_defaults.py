"""Lightning as its documentation shows it: DataLoader, self.log, torchmetrics, ModelCheckpoint, CSVLogger."""

import logging
import warnings
from pathlib import Path

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.loggers import CSVLogger
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score

from benchmarks.digits import BATCH, CLASSES, HIDDEN, RATE, arrays


class Network(pl.LightningModule):
    """64-256-10 with four logged metrics."""

    def __init__(self) -> None:
        super().__init__()
        self.network = nn.Sequential(nn.Linear(64, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
        self.accuracy = MulticlassAccuracy(CLASSES, average="micro")
        self.f1 = MulticlassF1Score(CLASSES)

    def training_step(self, batch, _):
        x, y = batch
        loss = functional.cross_entropy(self.network(x), y)
        self.log("train/loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch, _):
        x, y = batch
        output = self.network(x)
        self.log("val/loss", functional.cross_entropy(output, y))
        self.accuracy(output, y)
        self.f1(output, y)
        self.log("val/accuracy", self.accuracy)
        self.log("val/f1", self.f1)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=RATE)


def train(epochs: int, folder: Path) -> None:
    """Train and keep the best checkpoint."""
    x, y, x_val, y_val = (torch.from_numpy(array) for array in arrays())
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = pl.Trainer(
            accelerator="cpu", max_epochs=epochs, enable_progress_bar=False, enable_model_summary=False,
            logger=CSVLogger(folder), callbacks=[ModelCheckpoint(monitor="val/loss")],
        )  # fmt: skip
        trainer.fit(
            Network(),
            DataLoader(TensorDataset(x, y), batch_size=BATCH, shuffle=True),
            DataLoader(TensorDataset(x_val, y_val), batch_size=BATCH),
        )
