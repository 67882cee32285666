"""Pictures for the README of what the program prints and draws: `python -m tests.pictures` takes them anew.

Commands run in a folder of their own; their output becomes a drawing of a terminal, and a report is photographed.
"""

import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser import Browser
from tests.checkout import REPOSITORY
from tests.commands.project import Project

PICTURES = REPOSITORY / "docs" / "pictures"
COMMANDS = {
    "sweep": ["-m", "dataset=breast_cancer", "seed=1,2", "optimizer.lr=0.003,0.03"],
    "train": [],
}
COLUMN, LINE, SIZE, MARGIN = 7.23, 17, 12, 16  # pixels of a character, of a line, of the type, around
INK, GROUND, PROMPT = "#d5dbe1", "#16191d", "#35b68f"
MOST_LINES, MOST_COLUMNS = 60, 120


def terminal(command: str, output: str) -> str:
    """Return the drawing (SVG) of a terminal in which a command was typed and has printed its output."""
    printed = [line[:MOST_COLUMNS] for line in output.rstrip().splitlines()][:MOST_LINES]
    lines = [f"$ {command}", "", *printed]
    width = 2 * MARGIN + COLUMN * max(map(len, lines))
    height = 2 * MARGIN + LINE * len(lines)
    drawn = "".join(_line(line, MARGIN + LINE * place + SIZE, INK if place else PROMPT)
                    for place, line in enumerate(lines) if line)  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}">\n'
        f'<rect width="100%" height="100%" rx="8" fill="{GROUND}"/>\n'
        f'<g font-family="Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="{SIZE}" xml:space="preserve">\n'
        f"{drawn}</g>\n</svg>\n"
    )


def _line(text: str, y: int, color: str) -> str:
    return f'<text x="{MARGIN}" y="{y}" fill="{color}">{html.escape(text).replace(" ", "&#160;")}</text>\n'


def take(root: Path) -> None:
    """Run the commands with `root` as the project, and write all pictures."""
    project = Project(root)
    shutil.copy(REPOSITORY / "train.py", root)
    for name, arguments in COMMANDS.items():
        command = [sys.executable, "train.py", *arguments]
        done = subprocess.run(command, cwd=root, env=project.environment(), capture_output=True, text=True, check=True)
        text = done.stdout.replace(f"{root}/", "")
        drawn = terminal(" ".join(["python train.py", *arguments]), text)
        (PICTURES / f"{name}.svg").write_text(drawn, encoding="utf-8")
    browser = Browser(root, size=(1000, 1000))
    browser.open((root / "runs" / "latest" / "report.html").resolve().as_uri())
    browser.wait("document.images.length > 3 && [...document.images].every((image) => image.complete)")
    browser.picture(PICTURES / "report.png")
    browser.close()


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        take(Path(folder))
