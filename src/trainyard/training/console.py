"""What a run tells: shown on the terminal and kept in the run folder's log.txt."""

from pathlib import Path


class Console:
    """Prints to stdout, unless it is `quiet`, and appends the same to `log.txt` of a run folder."""

    def __init__(self, folder: Path, *, quiet: bool = False):
        self.path, self.quiet = folder / "log.txt", quiet

    def say(self, text: str) -> None:
        """Print and keep a text."""
        if not self.quiet:
            print(text, flush=True)
        self.keep(text)

    def keep(self, text: str) -> None:
        """Keep a text without printing it."""
        with self.path.open("a", encoding="utf-8") as log:
            log.write(text + "\n")
