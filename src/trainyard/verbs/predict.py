"""`trainyard predict run=... input=rows.csv output=predictions.csv`: predictions for any number of raw rows."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.nearest import listed
from trainyard.errors import TrainyardError
from trainyard.streams import GONE, leave_output
from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of
from trainyard.verbs.trusting import TRUSTED, trusted_packages

if TYPE_CHECKING:
    from trainyard.inference import Model
    from trainyard.inference.row_predictor import Tally

BAD_ROWS = ("error", "skip", "empty")
OUTPUTS = (".csv", ".parquet", ".pq")
VERB = Verb(
    "predict",
    "Writes what a trained model predicts for the rows of a table, some rows at a time, in their order.",
    {
        "run": f"{RUN} (latest unless given)",
        "input": "the table: CSV or TSV, also gzipped, Parquet, Feather; - reads CSV from standard input",
        "output": "the file for the predictions: CSV or Parquet; - writes CSV to standard output",
        "id": "a column of the table that comes first in the output",
        "columns": "more columns to keep, as columns=town or columns=[town,street]",
        "bad_rows": "of rows that cannot be read: error, skip or empty, which predicts nothing (error unless given)",
        "trusted": TRUSTED,
        **TRACKING_KEYS,
    },
    (
        "run=latest input=rows.csv output=predictions.csv",
        "run=model/ input=rows.csv output=predictions.csv",
        "run=models:/fish@champion input=catch.parquet output=weights.parquet id=tag bad_rows=empty",
        "input=- output=- < rows.csv",
    ),
)  # fmt: skip


def main(argv: Sequence[str]) -> int:
    """Predict the rows of a table and write the predictions."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = check(VERB.read(argv))
    model = load_model(values, trusted_packages(argv))
    tally = predict_file(model, values)
    told = sys.stderr if values["output"] == "-" else sys.stdout
    if tally.bad:
        became = "left out" if values["bad_rows"] == "skip" else "without a prediction"
        rows = "1 row" if tally.bad == 1 else f"{tally.bad:,} rows"
        print(f"note       {rows} that cannot be read, {became}", file=told)
        for reason in tally.first:
            print(f"  {reason}", file=told)
        if tally.bad > len(tally.first):
            print(f"  and {tally.bad - len(tally.first):,} more", file=told)
    print(f"rows       {tally.rows:,}", file=told)
    if values["output"] != "-":
        print(f"output     {values['output']}")
    return 0


def check(values: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments with their defaults; raise ArgumentsError with all that cannot be."""
    faults = [f"{key}: is needed; trainyard predict --help tells what for" for key in ("input", "output")
              if key not in values]  # fmt: skip
    bad_rows = values.get("bad_rows", "error")
    if bad_rows not in BAD_ROWS:
        faults.append(f"bad_rows={bad_rows}: must be error, skip or empty")
    output = values.get("output", "-")
    if output != "-" and not output.lower().endswith(OUTPUTS):
        faults.append(f"output={output}: must end in {listed(OUTPUTS)}, or be -")
    if output != "-" and Path(output).expanduser().is_dir():
        faults.append(f"output={output}: is a folder")
    if output != "-" and is_same_file(Path(values.get("input", "-")).expanduser(), Path(output).expanduser()):
        faults.append(f"output={output}: is the input, whose place the predictions would take; name another file")
    if faults:
        raise ArgumentsError(faults)
    return {"run": "latest", **values, "bad_rows": bad_rows}


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file, by links too; one that is not there is none."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def load_model(values: Mapping[str, str], trust: tuple[str, ...]) -> "Model":
    """Return the model of a run, or the packaged one in a folder."""
    from trainyard.config.root import project_root
    from trainyard.inference.load import load, package_folder
    from trainyard.inference.package import CARD
    from trainyard.tracking.open_run import open_run

    folder = Path(values["run"]).expanduser()
    if (package_folder(folder) / CARD).is_file():
        return load(folder, trust=trust)
    with open_run(values["run"], project_root(), tracking_of(values)) as run:
        return load(run.folder, trust=trust)


def predict_file(model: "Model", values: Mapping[str, str]) -> "Tally":
    """Write the predictions for the rows of a table, and return how many there were."""
    from tqdm import tqdm

    from trainyard.inference.prediction_file import prediction_file
    from trainyard.inference.raw_rows import open_raw_rows
    from trainyard.inference.row_predictor import RowPredictor

    names = [values.get("id", ""), *(name.strip() for name in values.get("columns", "").strip("[]").split(","))]
    source = open_raw_rows(values["input"], model.card["reading"])
    predict = RowPredictor(model, source, list(dict.fromkeys(filter(None, names))), values["bad_rows"])
    bar = tqdm(
        total=source.total, unit=source.unit, unit_scale=True, disable=not sys.stderr.isatty(), leave=False,
        dynamic_ncols=True,
    )  # fmt: skip
    try:
        with bar, prediction_file(values["output"], predict.schema) as file:
            for table in predict(bar.update):
                file.write_table(table)
    except OSError as error:
        if values["output"] == "-" and error.errno in GONE:
            raise SystemExit(leave_output()) from None
        raise TrainyardError(f"output={values['output']}: cannot be written ({error.strerror or error}).") from error
    return predict.tally
