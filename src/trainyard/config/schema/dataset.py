"""Datasets: where the rows come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trainyard.config.schema.dataset_keys import MISSING_VALUES, BuiltIn, Dataset, Images
from trainyard.config.schema.key import key


@dataclass(frozen=True, kw_only=True)
class Digits(Images, BuiltIn):
    """Handwritten digits, 1797 images of 8 x 8 grey pixels, from scikit-learn (Alpaydin and Kaynak, UCI, 1998)."""

    source: Literal["digits"] = "digits"


@dataclass(frozen=True, kw_only=True)
class Iris(BuiltIn):
    """Three species of iris from four measurements in cm, 150 rows, from scikit-learn (Fisher, 1936)."""

    source: Literal["iris"] = "iris"


@dataclass(frozen=True, kw_only=True)
class Wine(BuiltIn):
    """Three cultivars from a chemical analysis of the wine, 178 rows, from scikit-learn (Forina et al., UCI, 1991)."""

    source: Literal["wine"] = "wine"


@dataclass(frozen=True, kw_only=True)
class BreastCancer(BuiltIn):
    """Malignant or benign from 30 measurements of cell nuclei, 569 rows, from scikit-learn (Street et al., 1993)."""

    source: Literal["breast_cancer"] = "breast_cancer"


@dataclass(frozen=True, kw_only=True)
class Diabetes(BuiltIn):
    """Progression of diabetes after a year, 442 rows, from scikit-learn (Efron et al., 2004), raw columns."""

    source: Literal["diabetes"] = "diabetes"


@dataclass(frozen=True, kw_only=True)
class Linnerud(BuiltIn):
    """Weight, waist and pulse of 20 men, all at once, from three exercises, from scikit-learn (Tenenhaus, 1998)."""

    source: Literal["linnerud"] = "linnerud"


@dataclass(frozen=True, kw_only=True)
class Salmon(BuiltIn):
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


@dataclass(frozen=True, kw_only=True)
class Idx(Images):
    """Images in the format of MNIST: train-images-idx3-ubyte, train-labels-idx1-ubyte and t10k-... for the test, plain
    or .gz, in one folder."""

    source: Literal["idx"] = "idx"
    path: str = key("the folder with the files; a relative path starts at the folder the command is typed in")


@dataclass(frozen=True, kw_only=True)
class ImageFolder(Images):
    """A folder of PNG and JPEG images with a subfolder per class, below train, val and test where there are such."""

    source: Literal["image_folder"] = "image_folder"
    path: str = key("the folder; a relative path starts at the folder the command is typed in")
    size: tuple[int, ...] = key(
        "[height,width] that each image is brought to, one number for a square; empty: as they are, if they are alike",
        default=(), unit="pixels", ge=1)
    channels: Literal["auto", "1", "3"] = key("1 for grey, 3 for color; auto: grey where all images are",
                                              default="auto")


@dataclass(frozen=True, kw_only=True)
class Arrays(Dataset):
    """NumPy arrays: x (N, F) of numbers or images (N, H, W), (N, C, H, W) or (N, H, W, C), and y (N,) or (N, T)."""

    source: Literal["arrays"] = "arrays"
    path: str = key("an .npz with x and y (or x_train, y_train, x_test, ...), or an .npy with x; it is not unpickled")
    y_path: str | None = key("the .npy with y, where path is one", default=None)
    weight: str | None = key(
        "name of the array in the .npz with a weight >= 0 per row, or an .npy; used in the loss and in the metrics",
        default=None)
    layout: Literal["auto", "channels_first", "channels_last"] = key(
        "where the channels of images (N, ., ., .) are; auto: the axis that has 1, 3 or 4", default="auto")


@dataclass(frozen=True, kw_only=True)
class CustomDataset(Dataset):
    """Rows from a function of your own: it returns a DataFrame, a dict of columns, or arrays x and y."""

    source: Literal["custom"] = "custom"
    _target_: str = key("the function, as package.module.function; the package has to be in `trusted`")
    arguments: Mapping[str, Any] = key("arguments of the function, by name", factory=dict)
    version: str = key("change it to have the function called anew although neither its module nor its arguments have "
                       "changed", default="1")
    layout: Literal["auto", "channels_first", "channels_last"] = key(
        "where the channels of images (N, ., ., .) are; auto: the axis that has 1, 3 or 4", default="auto")


DATASETS: dict[str, type[Dataset]] = {
    "digits": Digits, "iris": Iris, "wine": Wine, "breast_cancer": BreastCancer, "diabetes": Diabetes,
    "linnerud": Linnerud, "salmon": Salmon, "csv": Csv, "idx": Idx, "image_folder": ImageFolder, "arrays": Arrays,
    "custom": CustomDataset,
}  # fmt: skip
