"""One HTML page that needs nothing else: style, script and pictures lie in it, and it asks no network for anything."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from trainyard.files import write_text
from trainyard.reports.markup import Markup, joined, section, tag

REPORT = "report.html"
CAPTIONS = {
    "learning_curves.png": "Loss on train and validation rows by epoch; dotted: the epoch whose weights count.",
    "confusion_matrix.png": "What the rows of each class were taken for; right ones lie on the diagonal.",
    "roc.png": "Found rows of a class against false alarms, over all thresholds; up and left is better.",
    "precision_recall.png": "How many alarms are right against how many rows of a class are found; it tells more "
                            "than ROC where a class is rare.",
    "calibration.png": "Whether what is said to be 80 % probable is right in 80 % of the rows; below the diagonal the "
                       "model is too sure.",
    "per_class.png": "Precision (alarms that are right), recall (rows that are found) and F1 of each class.",
    "worst_examples.png": "The test images that the model was most wrong about: hard ones, or wrong labels.",
    "predicted_actual.png": "Each test row by its actual and its predicted value.",
    "residuals.png": "What the predictions leave over; a pattern is something that the model has not learned.",
    "intervals.png": "Whether as many rows lie below each quantile as should, and which fall outside their interval.",
    "sweep.png": "The metric that was compared, against each parameter that was varied.",
}  # fmt: skip

BROAD = 950  # pixels of a picture from which on it has a line of its own


def write_page(path: Path, title: str, *content: object) -> Path:
    """Write the page with its title and content to `path` and return it."""
    write_text(path, page(title, *content))
    return path


def page(title: str, *content: object) -> str:
    """Return the whole page.

    Its policy lets it load nothing, and run its own script and no other, whatever stands in its text.
    """
    style, script = Markup(_resource("page.css")), Markup(_resource("page.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    head = tag(
        "head", tag("meta", charset="utf-8"), tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"), tag("title", title),
        tag("style", style),
    )  # fmt: skip
    body = tag("body", *content, tag("script", script))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def plots_section(plots: Sequence[Path]) -> Markup:
    """Return the pictures with a caption each, inline."""
    return section("Plots", tag("div", *map(_figure, plots), class_="plots") if plots else "")


def _figure(path: Path) -> Markup:
    png = path.read_bytes()
    data, width = base64.b64encode(png).decode(), int.from_bytes(png[16:20])
    words = CAPTIONS.get(path.name, path.stem.replace("_", " "))
    image = tag("img", src=f"data:image/png;base64,{data}", alt=path.stem.replace("_", " "))
    return tag("figure", image, tag("figcaption", words), class_="broad" if width > BROAD else None)


def number_cards(cards: Sequence[tuple[str, str]]) -> Markup:
    """Return numbers, (what is measured, value), large."""
    return tag("div", *(tag("div", tag("b", value), tag("span", name)) for name, value in cards), class_="numbers")


def heading(title: str, status: str, *below: object) -> Markup:
    """Return the head of a page: its title, how the run ended, and lines below."""
    lines = [tag("p", line, class_="quiet") for line in below if line]
    return joined([tag("h1", title, tag("span", status.lower(), class_=f"status {status.lower()}")), *lines])


@cache
def _resource(name: str) -> str:
    return files("trainyard.reports").joinpath(name).read_text(encoding="utf-8")
