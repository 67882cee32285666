"""The rows of a request as a DataFrame, in each of the forms that MLflow's scoring protocol has, or why there are none.

MLflow's own reading is not used: it takes no CSV for columns of any type, drops a misspelled column without a word,
and moves values to other rows where an instance lacks one.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from trainyard.config.nearest import did_you_mean, listed
from trainyard.data.encode import Encoder
from trainyard.data.image_encoder import ImageEncoder
from trainyard.data.pixels import WHOLE_IMAGE
from trainyard.data.table import missing_columns
from trainyard.errors import DataError
from trainyard.inference.raw_text import TextRows

if TYPE_CHECKING:
    from trainyard.inference import Model

JSON, CSV = "application/json", "text/csv"
FORMS = ("dataframe_records", "dataframe_split", "inputs", "instances")
ADVICE = f"Send a JSON object with one of {', '.join(FORMS)}."
SHOWN = 60  # characters of what was sent
MOST_COLUMNS = 10  # that are named in a message
MOST_FAULTS = 5
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # half a character, perhaps without the other one


class RefusedError(Exception):
    """A request that cannot be answered: the status of the answer, and a sentence."""

    def __init__(self, message: str, status: int = 400):
        self.message, self.status = message, status
        super().__init__(message)


def rows_of(body: bytes, content_type: str, model: "Model") -> pd.DataFrame:
    """Return the raw rows of a request, values as they were sent, with the columns of the model among them.

    Raises RefusedError.
    """
    kind, _, more = (part.strip() for part in content_type.partition(";"))
    if kind.lower() not in (JSON, CSV):
        sent = f"this request is {kind!r}" if kind else "this request does not say what it is"
        raise RefusedError(f"Rows come as {JSON} or {CSV} (header Content-Type), but {sent}.", 415)
    charset = more.lower().partition("charset=")[2].strip("\"' ")
    if charset not in ("", "utf-8", "utf8"):
        raise RefusedError(f"A request is UTF-8, but this one says charset={charset}.", 415)
    try:
        text = body.decode()
        if kind.lower() == CSV:
            return _checked(_from_csv(text, model), model)
        name, rows = _form(_decoded(text))
        return _frame(name, rows, model)
    except UnicodeDecodeError as error:
        raise RefusedError(f"The request is no UTF-8: byte {error.start + 1} is wrong.") from None
    except DataError as error:
        raise RefusedError(sentences(error.faults)) from None


def sentences(faults: Sequence[str]) -> str:
    """Return faults as a text, the first of many."""
    more = len(faults) - MOST_FAULTS
    return " ".join([*faults[:MOST_FAULTS], *([f"{more} more columns are wrong."] if more > 0 else [])])


def _decoded(text: str) -> Any:
    try:
        values = json.loads(text)
        if SURROGATE.search(text):
            json.dumps(values, ensure_ascii=False).encode()
        return values
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RefusedError(f"The request is no JSON: {error.msg} ({place}).") from None
    except UnicodeEncodeError as error:
        half = error.object[error.start : error.end].encode("unicode_escape").decode()
        raise RefusedError(f"The request holds half a character, {half}, in a text.") from None
    except RecursionError:
        raise RefusedError("The request is no JSON of rows: its lists are nested too deeply.") from None
    except ValueError:
        raise RefusedError("The request holds a whole number with thousands of digits.") from None


def _form(values: Any) -> tuple[str, Any]:
    """Return the name of the form of a request, and its rows."""
    if not isinstance(values, dict):
        raise RefusedError(f"{ADVICE} This request is {_called(values)}.")
    given = [name for name in values if name != "params"]
    if len(given) == 1 and given[0] in FORMS:
        return given[0], values[given[0]]
    strange = next((name for name in given if name not in FORMS), None)
    hint = "" if strange is None else did_you_mean(strange, FORMS)
    has = f"has {listed([repr(_short(name)) for name in given[:MOST_COLUMNS]])}{hint}" if given else "has none of them"
    raise RefusedError(f"{ADVICE} This request {has}.")


def _frame(name: str, rows: Any, model: "Model") -> pd.DataFrame:
    if name == "dataframe_split":
        return _checked(_from_split(rows, model), model)
    if name == "dataframe_records" and not isinstance(rows, list):
        raise RefusedError(f"{name} is a list with an object per row, but here it is {_called(rows)}.")
    if isinstance(rows, dict):
        return _checked(_from_columns(name, rows), model)
    if not isinstance(rows, list):
        raise RefusedError(f"{name} is a list of rows or an object of columns, but here it is {_called(rows)}.")
    if name == "dataframe_records" or (rows and isinstance(rows[0], dict)):
        return _checked(_from_records(name, rows, model), model)
    if isinstance(model.encoder, ImageEncoder):
        return _from_images(rows, model.encoder)
    return _table(_columns_of_lists(name, rows, model.columns))


def _from_records(name: str, rows: list[Any], model: "Model") -> pd.DataFrame:
    odd = next((place for place, row in enumerate(rows) if not isinstance(row, dict)), None)
    if odd is not None:
        raise RefusedError(f"{name}: row {odd + 1} is {_called(rows[odd])}, no object with a value per column.")
    names = dict.fromkeys(name for row in rows for name in row) if rows else dict.fromkeys(model.columns)
    return _table({name: [row.get(name) for row in rows] for name in names})


def _from_split(split: Any, model: "Model") -> pd.DataFrame:
    if not isinstance(split, dict) or not isinstance(split.get("data"), list):
        raise RefusedError("dataframe_split is an object with columns and data, a list of rows.")
    names = split.get("columns", list(model.columns))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RefusedError("dataframe_split: columns is a list of names.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RefusedError(f"dataframe_split: there are several columns {twice[0]}; rename all but one.")
    return _table(_columns_of_lists("dataframe_split", split["data"], names))


def _from_columns(name: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Columns by their names, as lists, or single values of one row."""
    if not any(isinstance(values, list) for values in columns.values()):
        columns = {name: [value] for name, value in columns.items()}
    single = next((column for column, values in columns.items() if not isinstance(values, list)), None)
    if single is not None:
        raise RefusedError(f"{name}: column {single} is {_called(columns[single])}, but others are lists.")
    lengths = {column: len(values) for column, values in columns.items()}
    if len(set(lengths.values())) > 1:
        has = listed([f"{column} has {length}" for column, length in list(lengths.items())[:MOST_COLUMNS]])
        raise RefusedError(f"{name}: the columns do not have as many values each: {has}.")
    return _table(columns)


def _columns_of_lists(name: str, rows: list[Any], names: Sequence[str]) -> dict[str, list[Any]]:
    """Columns of rows that are lists of values in the order of names."""
    for place, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(names):
            has = f"has {len(row)} values" if isinstance(row, list) else f"is {_called(row)}"
            shown = ", ".join(names[:MOST_COLUMNS]) + (", ..." if len(names) > MOST_COLUMNS else "")
            raise RefusedError(f"{name}: row {place + 1} {has}, but there are {len(names)} columns: {shown}.")
    return {column: [row[place] for row in rows] for place, column in enumerate(names)}


def _from_images(images: Any, encoder: ImageEncoder) -> pd.DataFrame:
    """Images in any form, as the columns that their model has: one per pixel, or whole ones."""
    pixels = encoder.images_of(images)
    if encoder.names == (WHOLE_IMAGE,):
        return pd.DataFrame({WHOLE_IMAGE: pd.Series(pixels.tolist(), dtype=object)})
    return pd.DataFrame(pixels.reshape(len(pixels), len(encoder.names)), columns=list(encoder.names))


def _from_csv(text: str, model: "Model") -> pd.DataFrame:
    """A CSV table with a header, written as the training data were."""
    encoder = model.encoder
    texts = [column.name for column in encoder.columns if (column.kind, column.type) == ("category", "string")] if (
        isinstance(encoder, Encoder)) else []  # fmt: skip
    with TemporaryDirectory(prefix="trainyard-request-") as folder:
        path = Path(folder) / "request.csv"
        path.write_text(f"{text}\n", encoding="utf-8", newline="")
        try:
            table = TextRows(path, **{**model.card["reading"], "encoding": "utf-8"}, size=path.stat().st_size)
            return _rows_of_text(table, texts)
        except DataError as error:
            told = sentences(error.faults).partition(" Set dataset.")[0].replace(f" ({path})", "")
            raise RefusedError(told.replace(path.name, "The table")) from None


def _rows_of_text(table: TextRows, texts: Sequence[str]) -> pd.DataFrame:
    """The rows of a text table; some columns stay texts, whatever is in them."""
    places = range(len(table.names))
    kept = [place for place in places if table.names[place] in texts]
    frames = []
    for piece in table.pieces(places, kept, []):
        if piece.broken:
            row = min(piece.broken)
            raise RefusedError(f"The row in {piece.place(row)} cannot be read: {piece.broken[row]}")
        frames.append(piece.table.rename_columns(table.names).to_pandas(integer_object_nulls=True))
    return pd.concat(frames, ignore_index=True) if frames else _table({name: [] for name in table.names})


def _checked(rows: pd.DataFrame, model: "Model") -> pd.DataFrame:
    """Rows whose columns are those of the model. Raises DataError, with the nearest name among those that are given."""
    if isinstance(model.encoder, ImageEncoder):
        return _from_images(rows, model.encoder)
    faults = missing_columns(model.columns, list(rows.columns))
    if faults:
        raise DataError(faults)
    return rows[list(model.columns)]


def _table(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """A DataFrame of objects: pandas would make numbers of flags and texts of numbers."""
    return pd.DataFrame({name: pd.Series(list(values), dtype=object) for name, values in columns.items()})


def _called(value: Any) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    words = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return words.get(type(value), "a number")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
