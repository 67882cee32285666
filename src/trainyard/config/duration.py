"""Times and sizes as a person writes them."""

import re

SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
BYTES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
         "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}  # fmt: skip


def parse_duration(text: str) -> float:
    """Return the seconds of 90s, 15m, 2h, 1h30m, 30d, 90 or [HH:]MM:SS; raise ValueError for anything else."""
    text = text.strip().lower()
    if re.fullmatch(r"(\d+:)?\d{1,2}:\d{2}", text):
        seconds = 0
        for part in text.split(":"):
            seconds = seconds * 60 + int(part)
        return float(seconds)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"(\d+(\.\d+)?\s*[smhdw]\s*)+", text):
        pieces = re.findall(r"(\d+(?:\.\d+)?)\s*([smhdw])", text)
        if not re.fullmatch("w?d?h?m?s?", "".join(unit for _, unit in pieces)):
            raise ValueError(f"{text!r} has a unit twice or out of order; write each once, the largest first, as 1h30m")
        return sum(float(number) * SECONDS[unit] for number, unit in pieces)
    raise ValueError(f"{text!r} is no time; write 90s, 15m, 2h, 30d or 01:30:00")


def parse_size(text: str) -> int:
    """Return the bytes of 500MB, 2GB, 1.5 GiB or 1024; raise ValueError for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower())
    if not match or match[2] not in BYTES:
        raise ValueError(f"{text!r} is no size; write 500MB, 2GB or 1.5GiB")
    return int(float(match[1]) * BYTES[match[2]])
