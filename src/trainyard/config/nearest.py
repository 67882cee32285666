"""The valid name that a mistyped one was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `word`, or None when nothing is like it."""
    by_lower = {name.lower(): name for name in known}
    lower = word.lower()
    if lower in by_lower:
        return by_lower[lower]
    close = get_close_matches(lower, by_lower, n=1, cutoff=0.6)
    if close:
        return by_lower[close[0]]
    starting = [name for key, name in by_lower.items() if len(lower) > 1 and key.startswith(lower)]
    return starting[0] if len(starting) == 1 else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean X?" for the end of a sentence, or nothing."""
    name = nearest(word, known)
    return f"; did you mean {name}?" if name else ""


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return names as a person lists them: "a", "a and b", "a, b and c"."""
    *some, final = list(names) or [""]
    return f"{', '.join(some)} {last} {final}" if some else final
