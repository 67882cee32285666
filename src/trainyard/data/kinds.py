"""What a column holds, judged by its name and its training values; other rows have no say in it."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.dates import WRITTEN, parse_dates
from trainyard.data.padded import is_padded
from trainyard.data.values import FALSE, NUMBER, TRUE, decoded, is_number, read_texts

Kind = Literal["numeric", "category", "boolean", "datetime", "identifier", "empty", "stray"]

IDENTIFIER = re.compile(r"(?i:(.*[_ .-])?(id|uuid|guid|index|idx|key)|id[_ .-].*|[ps]id|uid|row(_?(no|number|num))?"
                        r"|unnamed_\d+)|.*[a-z0-9]I[dD]")  # fmt: skip
CODE = re.compile(r"(?i)(.*[_ .-])?(zip|zip_?code|post_?code|postal_?code|plz|code)")
DECIMAL_COMMA = r"^\s*[+-]?\d+,\d+\s*$"
FEW = 20  # different values; numbers and texts mixed among no more than these are categories
STRAY_SPELLINGS = 3  # texts that are taken for a spelling of missing among numbers, however often they stand there
STRAY_SHARE = 0.05  # of the values may be strays among numbers or dates, whatever they are
FEWEST_NUMBERED = 10  # rows that chance does not number in their order
FREE_TEXT = 4  # words a value on average
NUMERIC = "dataset.columns.{}.kind=numeric makes it a number"
SAMPLE = 1000  # different values on which a format of dates is tried first


@dataclass(frozen=True)
class Guess:
    """The kind of a column, with `written` how texts have a date, a key of dates.FORMATS.

    With a `reason`: identifier (as free text is) and empty, of which nothing can be learned; stray says of what
    nearly all texts are ("numbers", "dates"), but not all.
    """

    kind: Kind
    reason: str = ""
    note: str = ""
    written: str = "year-month-day"


@dataclass(frozen=True)
class Counts:
    """The different values of a text column and how often each stands there."""

    texts: pa.Array
    rows: np.ndarray  # (different,) int64

    @classmethod
    def of(cls, texts: pa.ChunkedArray) -> "Counts":
        counted = texts.drop_null().value_counts()
        return cls(counted.field("values"), counted.field("counts").to_numpy(zero_copy_only=False))

    @property
    def values(self) -> int:
        """Values that are not missing."""
        return int(self.rows.sum())

    @property
    def mostly_single(self) -> bool:
        """More than half of the values stand there once only."""
        return int((self.rows == 1).sum()) * 2 > self.values

    def sentence(self) -> str:
        if len(self.texts) == self.values:
            return "every value is different"
        return f"{len(self.texts)} of {self.values} values are different"


def infer_kind(name: str, column: pa.ChunkedArray, rows: np.ndarray | None = None) -> Guess:
    """The kind of a column from its training values; `rows` (n,) are the numbers of their rows where these count."""
    column = decoded(column)
    if pa.types.is_duration(column.type):
        column = column.cast(pa.int64())
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    kind = column.type
    if column.null_count == len(column):
        return Guess("empty", "has no values in the training part")
    if pa.types.is_string(kind):
        return infer_text(name, column)
    if not (is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_temporal(kind)):
        return Guess("empty", f"holds values of type {kind}, which are not understood")
    constant = infer_constant(column)
    if constant:
        return constant
    if pa.types.is_boolean(kind):
        return Guess("boolean")
    if pa.types.is_temporal(kind):
        return Guess("datetime", written="hour:minute" if pa.types.is_time(kind) else "year-month-day")
    guess = infer_number(name, column)
    if guess.kind == "numeric" and rows is not None and numbers_rows(column, rows):
        return Guess("identifier", f"is an identifier: it numbers the rows; {NUMERIC.format(name)}")
    return guess


def numbers_rows(column: pa.ChunkedArray, rows: np.ndarray) -> bool:
    """Whether whole numbers rise by one from row to row, such as 1000 to 1299."""
    if not pa.types.is_integer(column.type) or column.null_count or len(column) < FEWEST_NUMBERED:
        return False
    return len(np.unique(column.to_numpy().astype(np.int64) - rows)) == 1


def infer_constant(column: pa.ChunkedArray) -> Guess | None:
    """What to do with a column of one value: nothing to learn, unless it is there or missing."""
    extremes = pc.min_max(column).as_py()
    if extremes["min"] != extremes["max"]:
        return None
    if column.null_count:
        return Guess("category")
    return Guess("empty", f"is always {extremes['min']} in the training part")


def infer_number(name: str, column: pa.ChunkedArray) -> Guess:
    """Numbers are amounts, unless they are whole and the name says that they are identifiers or codes."""
    identifier = IDENTIFIER.fullmatch(name)
    if not (identifier or CODE.fullmatch(name)) or not pc.all(pc.equal(column, pc.round(column))).as_py():
        return Guess("numeric")
    counts = Counts.of(column)
    if not counts.mostly_single:
        return Guess("category", note=f"{name} is read as a category, by its name; {NUMERIC.format(name)}.")
    if identifier:
        return Guess("identifier", f"is an identifier: {counts.sentence()}")
    return Guess("numeric", note=f"{name} is read as a number, since most of its values stand there once.")


def infer_text(name: str, column: pa.ChunkedArray) -> Guess:
    """Texts are dates or numbers where all of them are, flags, categories, or different in nearly every row."""
    texts = read_texts(column)
    counts = Counts.of(texts)
    if not len(counts.texts):
        return Guess("empty", "has no values in the training part")
    if len(counts.texts) == 1:
        if texts.null_count:
            return Guess("category")
        return Guess("empty", f"is always {counts.texts[0].as_py()!r} in the training part")
    padded = is_padded(counts.texts)
    guess = None if padded else infer_numbers(name, counts)
    guess = guess or infer_dates(name, counts) or infer_flags(counts)
    if guess:
        return guess
    if counts.mostly_single:
        words = float(np.average(pc.add(pc.count_substring(counts.texts, " "), 1).to_numpy(), weights=counts.rows))
        if words >= FREE_TEXT:
            return Guess("identifier", f"is free text: {words:.0f} words a value, {counts.sentence()}")
        return Guess("identifier", f"is an identifier: {counts.sentence()}, such as {counts.texts[0].as_py()!r}")
    note = f"{name} is read as a category, since numbers in it have leading zeros; {NUMERIC.format(name)}."
    return Guess("category", note=note if padded else "")


def infer_numbers(name: str, counts: Counts) -> Guess | None:
    """Numeric where all texts are numbers, stray where nearly all are, or would be with another decimal mark."""
    plain = pc.match_substring_regex(counts.texts, NUMBER).to_numpy(zero_copy_only=False)
    numbers = plain | pc.match_substring_regex(counts.texts, DECIMAL_COMMA).to_numpy(zero_copy_only=False)
    if plain.all():
        return Guess("numeric", note=f"{name} holds texts that are all numbers, and is read as numbers.")
    strays = counts.rows[~numbers]
    few = len(strays) <= STRAY_SPELLINGS and strays.sum() * 2 <= counts.values
    if numbers.sum() > FEW and (few or strays.sum() <= STRAY_SHARE * counts.values):
        return Guess("stray", "numbers")
    return None


def infer_dates(name: str, counts: Counts) -> Guess | None:
    """Datetime where one way of writing dates fits all texts, stray where it fits nearly all."""
    shares = {written: share_of_dates(counts, written) for written in WRITTEN}
    best = max(shares.values())
    if best < 1 - STRAY_SHARE:
        return None
    fitting = [written for written in WRITTEN if shares[written] == best]
    if best < 1:
        return Guess("stray", "dates", written=fitting[0])
    if len(fitting) == 1:
        return Guess("datetime", written=fitting[0])
    slashes = pc.all(pc.match_substring(counts.texts, "/")).as_py()
    written, other = ("month/day/year", "day.month.year") if slashes else ("day.month.year", "month/day/year")
    return Guess("datetime", written=written, note=f"{name} is read as {written}, but {other} fits all its values as "
                 "well. If that is what they are, write them year-month-day.")  # fmt: skip


def share_of_dates(counts: Counts, written: str) -> float:
    """The part of the values that are dates written so; 0 where a sample says that few are."""
    sample = np.isnat(parse_dates(pa.chunked_array([counts.texts[:SAMPLE]]), written))
    if sample.mean() > 0.5:
        return 0.0
    dates = ~np.isnat(parse_dates(pa.chunked_array([counts.texts]), written))
    return float(counts.rows[dates].sum() / counts.values)


def infer_flags(counts: Counts) -> Guess | None:
    """Boolean where the texts are two that mean true and false, such as yes and no."""
    spellings = set(pc.unique(pc.utf8_lower(counts.texts)).to_pylist()) if len(counts.texts) <= FEW else set()
    pairs = [{true, false} for true, false in zip(TRUE, FALSE, strict=True)]
    return Guess("boolean") if spellings in pairs else None
