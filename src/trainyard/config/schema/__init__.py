"""The typed config: one frozen dataclass per option, each key with its meaning, unit and range."""

from trainyard.config.schema.dataset import DATASETS, Column, Csv, Dataset, Diabetes, Digits, Iris, Salmon
from trainyard.config.schema.model import MODELS, NETWORKS, AutoModel, Classifier, Linear, Mlp, Network, Regressor
from trainyard.config.schema.optimization import (
    OPTIMIZERS,
    SCHEDULES,
    Adam,
    AdamW,
    Constant,
    Cosine,
    OneCycle,
    Optimizer,
    Plateau,
    Schedule,
    Sgd,
)
from trainyard.config.schema.run import Accelerator, Config, Precision, Tracking, Training

__all__ = [
    "DATASETS", "MODELS", "NETWORKS", "OPTIMIZERS", "SCHEDULES", "Accelerator", "Adam", "AdamW", "AutoModel",
    "Classifier", "Column", "Config", "Constant", "Cosine", "Csv", "Dataset", "Diabetes", "Digits", "Iris", "Linear",
    "Mlp", "Network", "OneCycle", "Optimizer", "Plateau", "Precision", "Regressor", "Salmon", "Schedule", "Sgd",
    "Tracking", "Training",
]  # fmt: skip
