"""The typed config: one frozen dataclass per option, each key with its meaning, unit and range."""

from trainyard.config.schema.dataset import DATASETS, Column, Csv, Dataset, Diabetes, Digits, Iris, Salmon
from trainyard.config.schema.layers import LayerKeys, LayerValues, Regularization
from trainyard.config.schema.model import (
    MODELS,
    NETWORKS,
    AutoModel,
    Classifier,
    Cnn,
    Custom,
    ExtraMetric,
    Layers,
    Linear,
    Mlp,
    Network,
    Regressor,
    ResNet,
)
from trainyard.config.schema.optimization import (
    OPTIMIZERS,
    SCHEDULES,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Constant,
    Cosine,
    NAdam,
    OneCycle,
    Optimizer,
    Plateau,
    Polynomial,
    RAdam,
    RmsProp,
    Schedule,
    Sgd,
    Step,
)
from trainyard.config.schema.run import Accelerator, Config, Precision, Tracking, Training

__all__ = [
    "DATASETS", "MODELS", "NETWORKS", "OPTIMIZERS", "SCHEDULES", "Accelerator", "Adadelta", "Adafactor", "Adagrad",
    "Adam", "AdamW", "Adamax", "AutoModel", "Classifier", "Cnn", "Column", "Config", "Constant", "Cosine", "Csv",
    "Custom", "Dataset", "Diabetes", "Digits", "ExtraMetric", "Iris", "LayerKeys", "LayerValues", "Layers", "Linear",
    "Mlp", "NAdam", "Network", "OneCycle", "Optimizer", "Plateau", "Polynomial", "Precision", "RAdam", "Regressor",
    "Regularization", "ResNet", "RmsProp", "Salmon", "Schedule", "Sgd", "Step", "Tracking", "Training",
]  # fmt: skip
