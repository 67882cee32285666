"""The datasets that scikit-learn ships, as raw tables. scikit-learn is imported where it is used only."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

FLOAT, WHOLE, TEXT = pa.float64(), pa.int64(), pa.string()
CELLS = ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points",
         "symmetry", "fractal_dimension")  # fmt: skip


def named(kind: pa.DataType, *names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, kind) for name in names]


SCHEMAS: dict[str, pa.Schema] = {
    "digits": pa.schema([
        *named(WHOLE, *(f"pixel_{row}_{column}" for row in range(8) for column in range(8))), ("digit", WHOLE),
    ]),
    "iris": pa.schema([
        *named(FLOAT, "sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"), ("species", TEXT),
    ]),
    "wine": pa.schema([
        *named(FLOAT, "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
               "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280_od315", "proline"),
        ("cultivar", TEXT),
    ]),
    "breast_cancer": pa.schema([
        *named(FLOAT, *(f"{kind}_{name}" for kind in ("mean", "error", "worst") for name in CELLS)),
        ("diagnosis", TEXT),
    ]),
    "diabetes": pa.schema([
        ("age", FLOAT), ("sex", WHOLE), *named(FLOAT, "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "progression"),
    ]),
    "linnerud": pa.schema(named(FLOAT, "chins", "situps", "jumps", "weight", "waist", "pulse")),
}  # fmt: skip


def load_builtin(name: str) -> pa.Table:
    """`digits`, `iris`, `wine`, `breast_cancer`, `diabetes` or `linnerud`, with the schema of that name."""
    return LOADERS[name]().cast(SCHEMAS[name])


def digits() -> pa.Table:
    """1797 images: pixel_<row>_<column> 0..16, and `digit` 0..9."""
    from sklearn.datasets import load_digits

    pixels, digit = load_digits(return_X_y=True)
    return table("digits", *pixels.T.astype(np.int64), digit.astype(np.int64))


def iris() -> pa.Table:
    """150 flowers: four lengths in cm, and `species`."""
    from sklearn.datasets import load_iris

    data = load_iris()
    return table("iris", *data.data.T, words(data.target_names[data.target]))


def wine() -> pa.Table:
    """178 wines: thirteen measurements, and `cultivar`, class_0 to class_2."""
    from sklearn.datasets import load_wine

    data = load_wine()
    return table("wine", *data.data.T, words(data.target_names[data.target]))


def breast_cancer() -> pa.Table:
    """569 tumors: mean, standard error and worst value of ten measurements of cell nuclei, and `diagnosis`."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    return table("breast_cancer", *data.data.T, words(data.target_names[data.target]))


def diabetes() -> pa.Table:
    """442 patients: age in years, sex (1 or 2), body mass index, mean blood pressure in mm Hg and six blood serum
    measurements s1..s6, not standardised; and `progression` after a year."""
    from sklearn.datasets import load_diabetes

    data = load_diabetes(scaled=False)
    return table("diabetes", *data.data.T, data.target.astype(np.float64))


def linnerud() -> pa.Table:
    """20 men: chin-ups, sit-ups and jumps, and `weight` in pounds, `waist` in inches and `pulse` per minute."""
    from sklearn.datasets import load_linnerud

    data = load_linnerud()
    return table("linnerud", *data.data.T, *data.target.T)


LOADERS: dict[str, Callable[[], pa.Table]] = {
    "digits": digits, "iris": iris, "wine": wine, "breast_cancer": breast_cancer, "diabetes": diabetes,
    "linnerud": linnerud,
}  # fmt: skip


def table(name: str, *columns: np.ndarray | pa.Array) -> pa.Table:
    return pa.table(list(columns), names=SCHEMAS[name].names)


def words(labels: np.ndarray) -> pa.Array:
    return pa.array([str(label) for label in labels], TEXT)
