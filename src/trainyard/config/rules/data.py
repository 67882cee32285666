"""Rules about rows: the model fits the target, every column has one role, options apply to what they are set for."""

import codecs

from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.rules.rule import Clashes, clash, dataset_task, rule, setting
from trainyard.config.schema.augment import ON_IMAGES, Augment
from trainyard.config.schema.dataset import Arrays, Csv, CustomDataset, ImageFolder
from trainyard.config.schema.dataset_keys import BuiltIn, Images
from trainyard.config.schema.model import Classifier, Regressor
from trainyard.config.schema.run import Config
from trainyard.config.trusted import target_fault

DELIMITER_NAMES = ("comma", "semicolon", "tab", "pipe", "space")


@rule
def _model_fits_dataset(config: Config) -> Clashes:
    task, source = dataset_task(config), config.dataset.source
    if isinstance(config.model, Regressor) and task == "classification":
        yield clash(f"model=regressor: dataset={source} has classes to predict; take model=classifier", "model")
    if isinstance(config.model, Classifier) and task == "regression":
        yield clash(f"model=classifier: dataset={source} has a number to predict; take model=regressor", "model")
    if isinstance(config.model, Classifier) and len(config.dataset.target) > 1:
        yield clash(
            f"{setting('dataset.target', config.dataset.target)}: a classifier predicts one column; choose one, or "
            "take model=regressor", "dataset.target", "model")
    if config.dataset.split == "stratified" and isinstance(config.model, Regressor):
        yield clash("dataset.split=stratified: needs classes; a regressor takes dataset.split=random", "dataset.split")


@rule
def _columns_have_one_role(config: Config) -> Clashes:
    data = config.dataset
    if not data.target:
        yield clash("dataset.target=[]: must name a column to predict", "dataset.target")
    for name in dict.fromkeys(name for name in data.target if data.target.count(name) > 1):
        yield clash(f"{setting('dataset.target', data.target)}: {name} is there twice", "dataset.target")
    for role in ("group", "time", "weight", "split_column"):
        if getattr(data, role) in data.target:
            name = getattr(data, role)
            text = f"{setting(f'dataset.{role}', name)}: {name} is the target"
            yield clash(text, f"dataset.{role}", "dataset.target")
    for name in data.ignore:
        if name in data.target or name == data.weight:
            role = "the target" if name in data.target else "the weight"
            yield clash(f"{setting('dataset.ignore', data.ignore)}: {name} is {role}", "dataset.ignore")
    roles = {data.weight: "dataset.weight", data.split_column: "dataset.split_column"}
    for role in ("group", "time"):
        if getattr(data, role) and getattr(data, role) in roles:
            name = getattr(data, role)
            yield clash(f"{setting(f'dataset.{role}', name)}: {name} is also {roles[name]}", f"dataset.{role}")


@rule
def _column_options_apply(config: Config) -> Clashes:
    data = config.dataset
    for name, column in data.columns.items():
        path = f"dataset.columns.{name}"
        if name in data.target and column.kind != "ignore":
            yield clash(f"{path}: {name} is the target; model=classifier or model=regressor says what it is", path)
        elif name in data.target:
            yield clash(f"{path}.kind=ignore: {name} is the target", path)
        elif name in data.ignore and column.kind != "ignore":
            yield clash(f"{path}: {name} is in dataset.ignore too; take it out of one of them", path, "dataset.ignore")
        if column.transform != "auto" and column.kind not in ("auto", "numeric"):
            yield clash(f"{path}.transform={column.transform}: is for numbers, but kind={column.kind}", path)
        if column.encoding != "auto" and column.kind not in ("auto", "category"):
            yield clash(f"{path}.encoding={column.encoding}: is for categories, but kind={column.kind}", path)


@rule
def _text_file_can_be_read(config: Config) -> Clashes:
    data = config.dataset
    if not isinstance(data, Csv):
        return
    try:
        codecs.lookup(data.encoding)
    except (LookupError, ValueError):
        known = ("utf-8", "utf-16", "latin-1", "cp1252", "ascii")
        text = f"no such encoding{did_you_mean(data.encoding, known) or f'; common ones are {listed(known)}'}"
        yield clash(f"{setting('dataset.encoding', data.encoding)}: {text}", "dataset.encoding")
    if data.delimiter is not None and len(data.delimiter) != 1 and data.delimiter not in (*DELIMITER_NAMES, "\\t"):
        yield clash(
            f"{setting('dataset.delimiter', data.delimiter)}: must be one character or {listed(DELIMITER_NAMES, 'or')}"
            f"{did_you_mean(data.delimiter, DELIMITER_NAMES)}", "dataset.delimiter")
    if data.decimal == data.delimiter or (data.decimal == "," and data.delimiter == "comma"):
        yield clash(f"dataset.decimal={data.decimal}: is the dataset.delimiter too", "dataset.decimal")


@rule
def _images_are_no_columns(config: Config) -> Clashes:
    data = config.dataset
    if isinstance(data, Images) and data.transform not in ("standard", "none"):
        yield clash(f"dataset.transform={data.transform}: is for columns of numbers; images take standard or none",
                     "dataset.transform")  # fmt: skip
    if isinstance(data, Images) and len(data.target) > 1:
        yield clash(f"{setting('dataset.target', data.target)}: an image has one label; give one name",
                     "dataset.target")  # fmt: skip
    if isinstance(data, ImageFolder) and len(data.size) > 2:
        yield clash(f"{setting('dataset.size', data.size)}: must be [height,width], or one number for a square",
                     "dataset.size")  # fmt: skip
    table = isinstance(data, Csv) or (isinstance(data, BuiltIn) and not isinstance(data, Images))
    for name in ON_IMAGES if table else ():
        if getattr(data.augment, name) != getattr(Augment(), name):
            path = f"dataset.augment.{name}"
            text = f"{setting(path, getattr(data.augment, name))}: is for images; dataset={data.source} is a table"
            yield clash(text, path)


@rule
def _arrays_are_complete(config: Config) -> Clashes:
    data = config.dataset
    if not isinstance(data, Arrays):
        return
    path, y_path = data.path.lower(), data.y_path
    if path.endswith(".npy") and y_path is None:
        yield clash(f"{setting('dataset.path', data.path)}: holds x alone; name the file with y in dataset.y_path",
                     "dataset.path", "dataset.y_path")  # fmt: skip
    if path.endswith(".npz") and y_path is not None:
        yield clash(f"{setting('dataset.y_path', y_path)}: is for x in an .npy; in {data.path} the array y is taken",
                     "dataset.y_path")  # fmt: skip


@rule
def _own_code_is_trusted(config: Config) -> Clashes:
    if isinstance(config.dataset, CustomDataset):
        fault = target_fault(config.dataset._target_, config.trusted, "dataset._target_")
        if fault is not None:
            yield clash(fault, "dataset._target_", "trusted")
