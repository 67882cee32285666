"""What an exported model takes: a tensor per raw column, or one of images, and how missing values stand in it."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.dates import read_moments
from trainyard.data.encode import Encoder
from trainyard.data.encoders import CategoryEncoder, ColumnEncoder, DatetimeEncoder
from trainyard.data.values import WHOLE, decoded, floats, read_flags, read_numbers, read_texts
from trainyard.errors import DataError
from trainyard.inference import Model

Form = Literal["number", "flag", "text", "moment", "image"]
NUMBERS = ("double", "long", "boolean")
TYPES: dict[Form, str] = {"number": "float64", "flag": "float64", "text": "string", "moment": "int64"}
MISSING: dict[Form, str] = {
    "number": "NaN", "flag": "NaN (else 1 for true, 0 for false)", "text": 'the empty string ""',
    "moment": "-2**63, which is NumPy's NaT (else microseconds since 1970, UTC)",
}  # fmt: skip


@dataclass(frozen=True)
class RawInput:
    """An input: a column (N,), or images (N, channels, height, width).

    - form: number, flag, text, moment or image; encoder: of the column, None for images
    - type: dtype of the tensor; shape: of a row
    """

    name: str
    form: Form
    type: str
    shape: tuple[int, ...] = ()
    encoder: ColumnEncoder | None = None

    def describe(self) -> dict[str, Any]:
        """Return it as JSON values."""
        described = {"name": self.name, "type": self.type, "shape": ["rows", *self.shape]}
        return described if self.form == "image" else {**described, "missing": MISSING[self.form]}

    def values(self, column: pa.ChunkedArray) -> np.ndarray:
        """Return a raw column (N,) as the exported model takes it; texts as objects. Raises WrongValueError."""
        if self.form == "text":
            texts: np.ndarray = pc.fill_null(read_texts(column), "").to_numpy(zero_copy_only=False)
            return texts.astype(object)
        if self.form == "moment":
            assert isinstance(self.encoder, DatetimeEncoder)
            return read_moments(column, self.encoder.written).astype("datetime64[us]").astype(np.int64)
        if isinstance(self.encoder, CategoryEncoder) and not pa.types.is_boolean(decoded(column).type):
            return floats(read_texts(column))  # by the digits of a category, which 32 bits may have rounded
        return read_flags(column) if self.form == "flag" else read_numbers(column)


def raw_inputs(model: Model, *, texts: bool, form: str) -> tuple[RawInput, ...]:
    """Return the inputs of an exported model; `texts` says whether its format has strings, `form` how that is called.

    Raises DataError naming the columns that the format cannot hold.
    """
    encoder = model.encoder
    if not isinstance(encoder, Encoder):
        return (RawInput("image", "image", encoder.dtype, tuple(encoder.shape)),)
    inputs = tuple(_raw_input(column) for column in encoder.columns)
    written = [each.name for each in inputs if each.form == "text" and isinstance(each.encoder, DatetimeEncoder)]
    faults = [f"The column {name} holds dates that are written as texts, which format={form} cannot read; "
              "format=package can." for name in written]  # fmt: skip
    if not texts:
        strings = [each.name for each in inputs if each.form == "text" and each.name not in written]
        faults += [f"The column {name} holds texts, which format={form} does not have; format=onnx and format=package "
                   "do." for name in strings]  # fmt: skip
    if faults:
        raise DataError(faults)
    return inputs


def _raw_input(encoder: ColumnEncoder) -> RawInput:
    form = _form(encoder)
    return RawInput(encoder.name, form, TYPES[form], encoder=encoder)


def _form(encoder: ColumnEncoder) -> Form:
    if isinstance(encoder, DatetimeEncoder):
        return "moment" if encoder.type == "datetime" else "text"
    if isinstance(encoder, CategoryEncoder):
        return "text" if category_numbers(encoder) is None else "number"
    if encoder.kind == "boolean":
        return "flag" if encoder.type in NUMBERS else "text"
    return "number"


def category_numbers(encoder: CategoryEncoder) -> tuple[float, ...] | None:
    """Return the categories of a column of numbers or flags as numbers; None where 64 bits do not tell them apart."""
    if encoder.type not in NUMBERS:
        return None
    flags = {"true": 1.0, "false": 0.0} if encoder.type == "boolean" else {}
    try:
        numbers = tuple(flags[text] if text in flags else float(text) for text in encoder.categories)
    except ValueError:
        return None
    exact = len(set(numbers)) == len(numbers) and all(abs(number) < WHOLE for number in numbers)
    return numbers if exact else None
