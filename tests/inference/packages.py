"""A packaged model over a small table of all kinds of columns, made without training."""

import datetime
import json
from dataclasses import asdict

import numpy as np
import pyarrow as pa
import torch

from trainyard.config.schema.dataset import Arrays, Csv
from trainyard.config.schema.model import Classifier, Mlp, Regressor
from trainyard.data.assemble import assemble
from trainyard.data.pixels import PixelArray
from trainyard.data.source import Source
from trainyard.inference import save_package
from trainyard.inference.build_card import build_card
from trainyard.inference.forward import DTYPES
from trainyard.inference.package import kept_tensors
from trainyard.inference.probe import probe_outputs
from trainyard.networks import Inputs, seeded_network

ROWS = 120
CONFIG = Mlp(hidden=(8,))
COLUMNS = ("size", "color", "town", "number", "wild", "seen")


def raw_table(seed=0):
    rng = np.random.default_rng(seed)
    size = rng.normal(30, 5, ROWS)
    color = rng.choice(["red", "green", "blue"], ROWS)
    town = rng.choice([f"town {number}" for number in range(12)], ROWS)
    number = rng.integers(0, 50, ROWS)
    label = np.where(size + 5 * (color == "red") > 31, "big", "small")
    wild = [None if value > 0.9 else bool(value > 0.4) for value in rng.random(ROWS)]
    seen = [datetime.date(2020, 1, 1) + datetime.timedelta(int(day)) for day in rng.integers(0, 900, ROWS)]
    features = {"size": size, "color": color, "town": town, "number": number, "wild": wild, "seen": seen}
    return pa.table({**features, "label": label, "length": size * 2 + number, "width": size - number})


def package_images(folder, shape=(1, 4, 3), config=CONFIG):
    """Package a classifier of random images (N, *shape) uint8 with its seeded weights, and return the images."""
    images = np.random.default_rng(0).integers(0, 256, (60, *shape), dtype=np.uint8)
    table = pa.table({"y": np.arange(60) % 3})
    dataset = Arrays(name="made", path="made.npz", target=("y",))
    source = Source(table=table, digest="d" * 32, origin="made", pixels=PixelArray(images))
    made = assemble(source, dataset, "auto", False)
    inputs = Inputs(images[0].size, (), shape)
    card = build_card(
        task=made.task, model=Classifier(), network=config, inputs=inputs, outputs=3, preprocessing=made.preprocessing,
        classes=made.classes, class_counts=made.class_counts, targets=made.targets, target_mean=(), target_scale=(),
        precision="32", example=made.example, metrics={}, lineage={"environment": {}},
    )  # fmt: skip
    save_model(folder, seeded_network(config, inputs, 3, 0), card, made)
    return images


def save_model(folder, network, card, made, trusted=()):
    """Package a network with a card and what it gives for the example of assembled or prepared data."""
    state = kept_tensors(network.state_dict())
    card["probe_outputs"] = probe_outputs(card, state, made.probe_x, made.probe_codes, trusted)
    save_package(folder, state=state, card=card)


def make_package(
    folder, *, target=("label",), ignore=("length", "width"), precision="32", config=CONFIG, trusted=(),
    transform="none", quantiles=(), metrics=None, **card_values,
):  # fmt: skip
    """Package a model with its seeded weights and return (card, table)."""
    table = raw_table()
    dataset = Csv(name="made", path="made.csv", target=target, ignore=ignore, one_hot_limit=5)
    source = Source(table=table, digest="d" * 32, origin="made")
    made = assemble(source, dataset, "auto", precision == "64", transform)
    inputs = Inputs(made.train.x.shape[1], made.category_sizes, None, tuple(made.preprocessing["embedded"]))
    outputs = len(made.classes) if made.classes else len(made.targets) * max(1, len(quantiles))
    network = seeded_network(config, inputs, outputs, 0, trusted)
    card = build_card(
        task=made.task, model=Classifier() if made.classes else Regressor(), network=config, inputs=inputs,
        outputs=outputs, preprocessing=made.preprocessing, classes=made.classes, class_counts=made.class_counts,
        targets=made.targets, target_mean=made.target_mean, target_scale=made.target_scale,
        precision=precision, example=made.example, metrics=metrics or {"test/accuracy": 0.5},
        lineage={"environment": {}}, target_powers=[asdict(power) for power in made.target_powers],
        quantiles=quantiles, **card_values,
    )  # fmt: skip
    save_model(folder, network.to(DTYPES.get(precision, torch.float32)), card, made, trusted)
    return json.loads((folder / "card.json").read_text()), table
