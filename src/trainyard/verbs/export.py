"""`trainyard export run=... format=onnx`: a trained model in a form that others run, compared with the packaged one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.errors import ConfigError
from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of
from trainyard.verbs.trusting import TRUSTED, trusted_packages

if TYPE_CHECKING:
    from trainyard.config.schema.run import Config
    from trainyard.export.truth import Rows
    from trainyard.inference import Model
    from trainyard.tracking.open_run import OpenedRun

FORMATS = ("onnx", "torch", "package")
VERB = Verb(
    "export",
    "Writes a trained model for others to run, and compares its predictions for the test rows with the packaged one's.",
    {
        "run": f"{RUN} (latest unless given)",
        "format": "onnx (one graph from raw columns), torch (a program of torch.export) or package (onnx unless given)",
        "input": "a table of rows to compare over, in place of the test rows: CSV, TSV, Parquet, Feather",
        "output": "the folder to write (exports/<format> in the run's folder unless given)",
        "trusted": TRUSTED,
        **TRACKING_KEYS,
    },
    ("run=latest", "run=3f15b1 format=torch output=served/houses", "run=models:/houses@champion output=served/houses"),
)


def main(argv: Sequence[str]) -> int:
    """Export the model of a run and print where it is and how far it is from the packaged one."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    form = values.get("format", "onnx")
    if form not in FORMATS:
        from trainyard.config.nearest import did_you_mean

        raise ArgumentsError([f"format={form}: must be onnx, torch or package{did_you_mean(form, FORMATS)}"])
    from trainyard.config.root import project_root
    from trainyard.tracking.open_run import open_run

    name = values.get("run", "latest")
    with open_run(name, project_root(), tracking_of(values)) as run:
        if "output" in values:
            output = Path(values["output"]).expanduser()
        elif run.remote is None:
            output = run.folder / "exports" / form
        else:
            raise ConfigError(f"run={name}: its folder is not here; say by output= where the export goes")
        file = Path(values["input"]) if "input" in values else None
        return export_run(run, form, output, trusted_packages(argv), file)


def export_run(
    run: "OpenedRun", form: str, output: Path, trust: tuple[str, ...], compared_over: Path | None = None
) -> int:
    """Export the model of a run to a folder, compared over the rows that tested it or those of a file."""
    from trainyard.export.write import check_output, export

    check_output(output)
    from dataclasses import replace

    from trainyard.reports.text import plural
    from trainyard.verbs.choices import compose_over_run

    config = replace(compose_over_run("export", run.folder / "config.yaml", []), trusted=trust)
    model, pieces = compared_rows(run.folder, config, compared_over)
    made = export(model, run.folder, form, output, pieces, trust)
    for file in made.files:
        print(file)
    rows = plural(made.rows, "row")
    print(f"largest difference from the packaged model over {rows}: {made.difference:.2g} ({made.unit})")
    return 0


def compared_rows(folder: Path, config: "Config", file: Path | None) -> "tuple[Model, Iterator[Rows]]":
    """Return the model packaged in a run's folder and the raw rows to compare an export over, in pieces.

    They are those of `file`, else those that tested the model; of a run whose rows nothing keeps, the examples of its
    card.
    """
    import numpy as np

    from trainyard.config.root import project_root
    from trainyard.data.origin import handed_over
    from trainyard.evaluation.choose import file_source
    from trainyard.evaluation.subject import open_subject
    from trainyard.evaluation.tested import open_tested
    from trainyard.export.truth import example_pieces, raw_pieces

    if file is None and not handed_over(config.dataset):
        tested = open_tested(folder, config, project_root(), config.trusted)
        model = tested.subject.packaged
        return model, raw_pieces(model, tested.source(), tested.evaluated.numbers)
    subject = open_subject(folder, config.trusted)
    if file is None:
        return subject.packaged, example_pieces(subject.packaged)
    source = file_source(subject, file)
    return subject.packaged, raw_pieces(subject.packaged, source, np.arange(source.table.num_rows))
