"""What every dataset has: what its columns are, how its rows are split, and how they are augmented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from trainyard.config.schema.augment import Augment
from trainyard.config.schema.key import key

NumericTransform = Literal["standard", "robust", "quantile", "none"]
MISSING_VALUES = ("NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "Null", "null", "None", "none", "?")


@dataclass(frozen=True, kw_only=True)
class Column:
    """What a person knows better than the inference about one column."""

    kind: Literal["auto", "numeric", "category", "boolean", "datetime", "ignore"] = key(
        "what the column holds; set it where the inference guesses wrong (a postcode is a category)", default="auto"
    )
    transform: Literal["auto", "standard", "robust", "quantile", "none"] = key(
        "transform of a numeric column; auto takes dataset.transform", default="auto"
    )
    encoding: Literal["auto", "one_hot", "embedding"] = key(
        "encoding of a category; auto chooses by dataset.one_hot_limit", default="auto"
    )


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Keys that every dataset has."""

    source: str
    name: str = key("name of the dataset in MLflow, and of the experiment unless that has its own")
    target: tuple[str, ...] = key("column or columns to predict")
    ignore: tuple[str, ...] = key("columns to leave out", default=())
    group: str | None = key("column whose rows of one value stay in one part (a patient, a household)", default=None)
    time: str | None = key("column that orders the rows; the latest ones become the test part", default=None)
    weight: str | None = key("column with a weight >= 0 per row, used in the loss and in the metrics", default=None)
    columns: Mapping[str, Column] = key("what is known of single columns, by name", factory=dict,
                                           example="{postcode: {kind: category}}")
    transform: NumericTransform = key(  # noqa: RUF009  # declares a field
        "transform of numeric columns: standard (mean, deviation), robust (median, quartiles, smooth clip; for "
        "outliers), quantile (to a normal distribution; for odd shapes), none",
        default="standard",
    )
    one_hot_limit: int = key(
        "categories up to which a column is one-hot encoded; above, an embedding is learned",
        default=16, unit="categories", ge=0,
    )
    missing_target: Literal["error", "drop"] = key("what to do with rows that have no target", default="error")
    split: Literal["auto", "random", "stratified", "group", "time", "column", "files"] = key(
        "how rows are divided into train, val and test; auto takes files, column, group or time where their keys are "
        "set, else stratified for classification and random for regression",
        default="auto",
    )
    split_column: str | None = key("column that says train, val or test for each row", default=None)
    split_seed: int = key("seed of the split, apart from the seed of training", default=0, ge=0)
    folds: int | None = key(
        "folds of a cross-validation, in which each row is tested once; k_fold=5 trains all of five; empty: one split",
        default=None, unit="folds", ge=2)
    fold: int | None = key("the fold that is the test part, counted from 0", default=None, ge=0)
    val_fraction: float = key("part of the rows that early stopping and best weights are chosen on",
                              default=0.15, unit="fraction of all rows", gt=0, lt=1)
    test_fraction: float = key("part of the rows that only the final metrics see",
                               default=0.15, unit="fraction of all rows", gt=0, lt=1)
    augment: Augment = key(  # noqa: RUF009  # declares a field
        "changes of the training rows by chance, anew in each epoch; off by default", factory=Augment)


@dataclass(frozen=True, kw_only=True)
class BuiltIn(Dataset):
    """Keys of the datasets that come with Trainyard."""

    path: str | None = key("a CSV file of the rows as they were exported before; empty: they are made anew",
                           default=None)


def unused(default: Any) -> Any:
    """Declare a key of `Dataset` that a kind of dataset has no use for: it stays at its default and is not shown."""
    mutable = isinstance(default, dict)
    metadata = {"public": False}
    return field(default_factory=dict, metadata=metadata) if mutable else field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Images(Dataset):
    """Keys of datasets that are images with a label each: there are no columns to say anything about."""

    ignore: tuple[str, ...] = unused(())
    group: str | None = unused(None)
    time: str | None = unused(None)
    weight: str | None = unused(None)
    columns: Mapping[str, Column] = unused({})
    one_hot_limit: int = unused(16)
    missing_target: Literal["error", "drop"] = unused("error")  # declares a field
    split_column: str | None = unused(None)
