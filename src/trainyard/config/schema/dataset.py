"""Datasets: where the rows come from, what each column is, and how the rows are split."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
    val_fraction: float = key("part of the rows that early stopping and best weights are chosen on",
                              default=0.15, unit="fraction of all rows", gt=0, lt=1)
    test_fraction: float = key("part of the rows that only the final metrics see",
                               default=0.15, unit="fraction of all rows", gt=0, lt=1)


@dataclass(frozen=True, kw_only=True)
class Digits(Dataset):
    """Handwritten digits, 1797 images of 8 x 8 grey pixels, from scikit-learn (Alpaydin and Kaynak, UCI, 1998)."""

    source: Literal["digits"] = "digits"


@dataclass(frozen=True, kw_only=True)
class Iris(Dataset):
    """Three species of iris from four measurements in cm, 150 rows, from scikit-learn (Fisher, 1936)."""

    source: Literal["iris"] = "iris"


@dataclass(frozen=True, kw_only=True)
class Diabetes(Dataset):
    """Progression of diabetes after a year, 442 rows, from scikit-learn (Efron et al., 2004), raw columns."""

    source: Literal["diabetes"] = "diabetes"


@dataclass(frozen=True, kw_only=True)
class Salmon(Dataset):
    """Length of Atlantic salmon from sea age and weight, simulated: length at age by von Bertalanffy (1938), weight by
    a power of length (Le Cren, 1951; Froese, 2006), natural mortality as ICES has it for salmon at sea."""

    source: Literal["salmon"] = "salmon"
    rows: int = key("fish to simulate", default=4000, unit="rows", ge=10)
    simulation_seed: int = key("seed of the simulation; the same seed gives the same bytes", default=0, ge=0)
    length_infinity: float = key("mean length that a fish tends to (L-infinity)", default=1250.0, unit="mm", gt=0)
    growth_rate: float = key("growth coefficient K of von Bertalanffy", default=0.45, unit="1/year", gt=0)
    age_at_zero: float = key("theoretical sea age at length zero, t0; a smolt at sea age 0 has grown in its river",
                             default=-0.3, unit="year", lt=1)
    age_max: float = key("sea age of the oldest fish; the youngest is 1 year old", default=8.0, unit="year", gt=1)
    mortality: float = key("natural mortality M: the fish alive fall by exp(-M) a year", default=0.36, unit="1/year",
                           ge=0)
    weight_factor: float = key("a in weight = a * length^b, length in cm", default=0.0087, unit="g/cm^b", gt=0)
    weight_exponent: float = key("b in weight = a * length^b", default=3.05, gt=0)
    length_variation: float = key("deviation of L-infinity between fish, relative", default=0.08, ge=0, lt=1)
    weight_variation: float = key("deviation of the logarithm of weight at a length", default=0.10, ge=0, lt=1)


@dataclass(frozen=True, kw_only=True)
class Csv(Dataset):
    """A table of one's own: CSV, TSV (plain or .gz), Parquet or Feather, chosen by the ending."""

    source: Literal["csv"] = "csv"
    path: str = key("the table; a relative path starts at the folder the command is typed in")
    val_path: str | None = key("table with the validation rows, for split=files", default=None)
    test_path: str | None = key("table with the test rows, for split=files", default=None)
    delimiter: str | None = key(
        "character between fields of a text file, or its name: comma, semicolon, tab, pipe, space; empty: comma, or "
        "tab for .tsv", default=None)
    encoding: str = key("character encoding of a text file", default="utf-8")
    decimal: Literal[".", ","] = key("decimal mark of the numbers in a text file", default=".")
    missing_values: tuple[str, ...] = key(
        "fields of a text file that mean a missing value, besides empty ones; shorten it where one is a real value",
        default=MISSING_VALUES,
    )


DATASETS: dict[str, type[Dataset]] = {
    "digits": Digits, "iris": Iris, "diabetes": Diabetes, "salmon": Salmon, "csv": Csv,
}  # fmt: skip
