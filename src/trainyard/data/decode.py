"""The bytes of a text file as UTF-8, whatever its encoding and compression, with one sentence for what is wrong."""

import codecs
import gzip
import zlib
from difflib import get_close_matches
from encodings.aliases import aliases
from pathlib import Path

import pyarrow as pa

from trainyard.errors import DataError

CHUNK = 1 << 24
UTF8 = ("utf-8", "utf-8-sig", "ascii")
MARKS = {
    b"\x1f\x8b": ("a gzip file", "Name it {name}.gz."),
    b"PAR1": ("a Parquet file", "Name it {stem}.parquet."),
    b"ARROW1": ("a Feather file", "Name it {stem}.feather."),
    b"PK\x03\x04": ("a zip file or a spreadsheet", "Save it as CSV or Parquet."),
    b"\xd0\xcf\x11\xe0": ("an old spreadsheet", "Save it as CSV or Parquet."),
    b"SQLite format 3": ("an SQLite database", "Save its table as CSV or Parquet."),
}


def utf8_bytes(path: Path, encoding: str) -> pa.Buffer:
    """The text of a file as UTF-8 without a byte order mark: mapped from a plain UTF-8 file, else held in memory.

    Raises DataError for an unknown encoding, a byte that is not of the encoding, a damaged gzip file, and a file that
    is no text at all.
    """
    name = codec_name(encoding)
    raw = unzipped(path) if path.suffix.lower() == ".gz" else pa.memory_map(str(path)).read_buffer()
    check_text(path, raw)
    if name in UTF8:
        check(path, raw, name)
        return raw[3:] if raw[:3].to_pybytes() == codecs.BOM_UTF8 else raw
    return pa.py_buffer("".join(check(path, raw, name, keep=True)).removeprefix("\ufeff").encode())


def codec_name(encoding: str) -> str:
    """Python's name of an encoding of text."""
    try:
        name = codecs.lookup(encoding).name
        " ".encode(name)  # a LookupError tells codecs that are not of text, such as hex
        return name
    except (LookupError, ValueError):
        known = [name.replace("_", "-") for name in aliases.values()]
        near = get_close_matches(encoding.lower().replace("_", "-"), known, n=1)
        hint = f" Did you mean {near[0]}?" if near else " Common ones: utf-8, cp1252, latin-1, utf-16."
        raise DataError(f"dataset.encoding={encoding} is not an encoding of text.{hint}") from None


def unzipped(path: Path) -> pa.Buffer:
    """What a gzip file holds."""
    try:
        with gzip.open(path) as file:
            return pa.py_buffer(file.read())
    except EOFError:
        raise DataError(f"{path.name} is cut off: its gzip stream ends too early. Copy it again ({path}).") from None
    except gzip.BadGzipFile:
        with path.open("rb") as file:
            plain = file.read(2) != b"\x1f\x8b"
        if plain:
            raise DataError(f"{path.name} is not a gzip file. Name it {path.stem} if it is not compressed "
                            f"({path}).") from None  # fmt: skip
        raise DataError(f"{path.name} is a damaged gzip file. Copy it again ({path}).") from None
    except zlib.error:
        raise DataError(f"{path.name} is a damaged gzip file. Copy it again ({path}).") from None


def check_text(path: Path, raw: pa.Buffer) -> None:
    """Files of other kinds are told by their first bytes."""
    start = raw[:16].to_pybytes()
    for mark, (kind, advice) in MARKS.items():
        if start.startswith(mark):
            advice = advice.format(name=path.name, stem=path.stem)
            raise DataError(f"{path.name} is {kind} by its first bytes, not a text table. {advice}")


def check(path: Path, raw: pa.Buffer, encoding: str, keep: bool = False) -> list[str]:
    """Decode all bytes in chunks; the text where `keep`. Raises DataError with the place of the first wrong byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    kept, lines = [], 1
    for start in range(0, max(raw.size, 1), CHUNK):
        pending = len(decoder.getstate()[0])
        chunk = memoryview(raw)[start : start + CHUNK]
        try:
            text = decoder.decode(chunk, final=start + CHUNK >= raw.size)
        except UnicodeDecodeError as error:
            place = start - pending + error.start
            lines += error.object[: error.start].decode(encoding, errors="ignore").count("\n")
            raise DataError(wrong_byte(path, raw, encoding, place, lines)) from None
        except UnicodeError:  # UTF-16 or UTF-32 without a byte order mark
            raise DataError(wrong_byte(path, raw, encoding, start, lines)) from None
        lines += text.count("\n")
        if keep:
            kept.append(text)
    return kept


def wrong_byte(path: Path, raw: pa.Buffer, encoding: str, place: int, line: int) -> str:
    """The fault for bytes that are not of the encoding, with one to try."""
    start = raw[:2].to_pybytes()
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        other = "utf-16"
    else:
        other = "cp1252" if encoding in UTF8 else "utf-8"
    byte = raw[place : place + 1].to_pybytes().hex()
    return (f"{path.name} is not {encoding}: line {line} holds the byte 0x{byte} (byte {place + 1} of the file). "
            f"Set dataset.encoding to the file's own, perhaps {other}.")  # fmt: skip
