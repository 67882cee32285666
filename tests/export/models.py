"""Packaged models over mixed tables with missing values, to export."""

import math

import numpy as np
import pyarrow as pa

from tests.inference.packages import raw_table, save_model
from trainyard.config.schema.dataset import Csv
from trainyard.config.schema.model import Classifier as ClassifierConfig
from trainyard.config.schema.model import Mlp, Regressor
from trainyard.data.assemble import assemble
from trainyard.data.pixels import image_column
from trainyard.data.source import Source
from trainyard.inference import load
from trainyard.inference.build_card import build_card
from trainyard.networks import Inputs, seeded_network


def mixed_table(seed=0):
    """A table of every kind of column, a tenth of its values missing, with categories that are texts and numbers."""
    rng = np.random.default_rng(seed)
    table = raw_table(seed)
    count = table.num_rows
    columns = {name: table[name].to_pylist() for name in table.column_names}
    columns["paid"] = rng.choice(["yes", "No", "YES"], count).tolist()
    columns["zone"] = rng.choice([3, 17, 29], count).tolist()
    columns["skewed"] = np.exp(rng.normal(0, 3, count)).tolist()
    for name in ("size", "color", "town", "number", "seen", "paid", "zone", "skewed"):
        columns[name] = [None if chance < 0.1 else value
                         for value, chance in zip(columns[name], rng.random(count), strict=True)]  # fmt: skip
    return pa.table(columns)


def mixed_model(folder, *, texts=True, target=("label",), embedding=False, transform="standard", precision="32"):
    """Package a model with seeded weights over the mixed table, and return (model, source)."""
    table = mixed_table()
    ignore = {"label", "length", "width"} - set(target) | (set() if texts else {"color", "town", "paid"})
    dataset = Csv(
        name="made", path="made.csv", target=target, ignore=tuple(sorted(ignore)), transform=transform,
        one_hot_limit=1 if embedding else 20,
    )  # fmt: skip
    source = Source(table=table, digest="d" * 32, origin="made")
    made = assemble(source, dataset, "auto", precision == "64")
    inputs = Inputs(made.train.x.shape[1], made.category_sizes, None, tuple(made.preprocessing["embedded"]))
    outputs = len(made.classes or made.targets)
    config = Mlp(hidden=(8,))
    card = build_card(
        task=made.task, model=ClassifierConfig() if made.classes else Regressor(), network=config, inputs=inputs,
        outputs=outputs, preprocessing=made.preprocessing, classes=made.classes, class_counts=made.class_counts,
        targets=made.targets, target_mean=made.target_mean, target_scale=made.target_scale, precision=precision,
        example=made.example, metrics={}, lineage={"environment": {}},
    )  # fmt: skip
    network = seeded_network(config, inputs, outputs, 0)
    save_model(folder, network.double() if precision == "64" else network, card, made)
    return load(folder), source


def source_model(folder, source, dataset):
    """Package a model with seeded weights over the rows of any source."""
    made = assemble(source, dataset, "auto", False)
    image = image_column(made.preprocessing)
    shape = None if image is None else tuple(image["shape"])
    numbers = len(made.preprocessing["features"]) if shape is None else math.prod(shape)
    inputs = Inputs(numbers, made.category_sizes, shape, tuple(made.preprocessing["embedded"]))
    outputs = len(made.classes or made.targets)
    config = Mlp(hidden=(8,))
    card = build_card(
        task=made.task, model=ClassifierConfig() if made.classes else Regressor(), network=config, inputs=inputs,
        outputs=outputs, preprocessing=made.preprocessing, classes=made.classes, class_counts=made.class_counts,
        targets=made.targets, target_mean=made.target_mean, target_scale=made.target_scale, precision="32",
        example=made.example, metrics={}, lineage={"environment": {}},
    )  # fmt: skip
    save_model(folder, seeded_network(config, inputs, outputs, 0), card, made)
    return load(folder)
