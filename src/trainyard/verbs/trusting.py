"""The packages of one's own whose code a verb may run, as an argument."""

from collections.abc import Sequence

TRUSTED = "packages of your own whose code the model may run: its network, loss or metrics (trusted=[mine])"


def trusted_packages(argv: Sequence[str]) -> tuple[str, ...]:
    """Return the packages that trusted=mine or trusted=[mine,ours] names; those in a run's own files do not count."""
    words = [word.partition("=")[2] for word in argv if word.startswith("trusted=")]
    names = [name.strip() for word in words for name in word.strip("[]").split(",")]
    return tuple(name for name in names if name)
