"""Trainings that differ in everything that a stepper has to get right."""

from tests.synthetic import make_images, make_prepared
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.model import Classifier, Cnn, Custom, Layers, Linear, Mlp, Regressor, ResNet
from trainyard.config.schema.optimization import Adam, AdamW, Cosine, OneCycle, Plateau, Polynomial, Sgd

NORMALIZED = Mlp(hidden=(16, 16), dropout=0.3, normalization="batch", residual=True)
BF16 = Accelerator(name="cpu", threads=1, precision="bf16-mixed")
CHANNELS_LAST = Accelerator(name="cpu", threads=1, layout="channels_last")
DOUBLE = Accelerator(name="cpu", threads=1, precision="64")

LAYERS = Layers(layers={
    "slow": {"type": "Linear", "out_features": 8, "lr_multiplier": 0.1},
    "norm": {"type": "BatchNorm1d"},
    "frozen": {"type": "Linear", "out_features": 8, "lr_multiplier": 0},
    "small": {"type": "Linear", "out_features": 8, "regularization": {"l1": 0.01, "l2": 0.1}},
    "drop": {"type": "Dropout", "p": 0.2},
    "joined": {"type": "Merge", "inputs": ("drop", "slow", "row")},
})  # fmt: skip

MADE = {
    "classes": make_prepared(),
    "mixed columns": make_prepared(classes=4, weighted=True, categories=(3, 50)),
    "numbers": make_prepared("regression", targets=3, weighted=True),
    "double": make_prepared(double=True),
    "images": make_images(),
    "colors": make_images(channels=3),
}
# name -> (prepared data, settings of the config)
TRAININGS = {
    "plain": ("classes", {}),
    "dropout and batch normalization": ("classes", {"network": NORMALIZED}),
    "embeddings, class weights, smoothing": (
        "mixed columns", {"model": Classifier(class_weights="balanced", label_smoothing=0.1), "optimizer": Adam()}),
    "several targets": ("numbers", {"model": Regressor(loss="huber"), "optimizer": Sgd(lr=0.01)}),
    "groups, clipping, schedule": (
        "classes", {"accumulate": 3, "clip_norm": 0.05, "schedule": OneCycle(warmup_steps=2), "max_steps": 11}),
    "momentum and plateau": ("classes", {"optimizer": Sgd(), "schedule": Plateau(patience=0), "clip_norm": 0.1}),
    "without momentum": ("numbers", {"optimizer": Sgd(momentum=0, nesterov=False, weight_decay=0.1)}),
    "averaged weights": ("classes", {"average_decay": 0.95, "schedule": Cosine(), "optimizer": AdamW(lr=0.03)}),
    "16 bits": ("classes", {"accelerator": BF16, "network": Mlp(hidden=(16,), dropout=0.1), "clip_norm": 1.0}),
    "64 bits": ("double", {"accelerator": DOUBLE, "network": Mlp(hidden=(8,), normalization="layer")}),
    "layers that learn in their own ways": ("mixed columns", {"network": LAYERS, "clip_norm": 0.5}),
    "focal loss": ("classes", {"model": Classifier(loss="focal")}),
    "quantiles": ("numbers", {"model": Regressor(loss="quantile", quantiles=(0.1, 0.5, 0.9))}),
    "a loss of one's own": ("numbers", {
        "model": Regressor(loss="custom", loss_target="tests.networks.own.squared"), "trusted": ("tests",)}),
    "a network of one's own": ("mixed columns", {
        "network": Custom(_target_="tests.networks.own.Fitted"), "trusted": ("tests",)}),
    "images": ("images", {"network": Cnn(widths=(4,), hidden=(8,), dropout=0.2)}),
    "colors": ("colors", {"network": Cnn(widths=(4, 6), hidden=(8,)), "accumulate": 2, "optimizer": Sgd(lr=0.02),
                          "accelerator": CHANNELS_LAST}),
    "residual images": ("images", {"network": ResNet(widths=(2, 4)), "schedule": Polynomial(power=2)}),
    "linear, validated rarely": ("classes", {"network": Linear(), "validate_every": 2, "max_epochs": 5}),
}  # fmt: skip
