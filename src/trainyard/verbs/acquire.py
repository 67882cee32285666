"""`trainyard acquire ...`: the raw rows of a dataset as a file of their own, where a pipeline watches them."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trainyard.errors import ConfigError
from trainyard.verbs.choices import compose_choices, take_keys

HELP = """Writes the raw rows of a dataset to a file: a built-in is made, files of your own are copied.

  trainyard acquire output=file [group=option ...] [key=value ...]

It takes what a training takes (trainyard train --help), also config=..., and

  output   the file to write; a built-in is a .csv

A file that is there already and that holds other rows is not overwritten.

Lines to paste
  trainyard acquire dataset=salmon dataset.rows=100 output=salmon.csv
  trainyard acquire config=pipeline/digits/config.yaml output=data/digits.csv"""


def main(argv: Sequence[str]) -> int:
    """Write the rows; raise ConfigError where a file with others is in the way, which in a pipeline is kept instead."""
    own, choices = take_keys("acquire", argv, ("output",))
    config = compose_choices("acquire", choices)
    if config is None:
        print(HELP)
        return 0
    if "output" not in own:
        raise ConfigError("output: has to be given: the file to write, such as output=data/digits.csv")
    from trainyard.config.schema.dataset_keys import BuiltIn
    from trainyard.data.acquire import acquire

    output, dataset = Path(own["output"]), config.dataset
    if isinstance(dataset, BuiltIn) and dataset.path and Path(dataset.path).absolute() == output.absolute():
        dataset = replace(dataset, path=None)
    by_hand = is_by_hand(output)
    fresh = output.with_name(f".{os.getpid()}.{output.name}") if by_hand else output
    try:
        acquire(dataset, fresh, config.trusted)
        if by_hand and not same_rows(fresh, output):
            return keep(output)
    finally:
        if by_hand:
            remove(fresh)
    print(f"{output} has the rows of {dataset.name}.")
    return 0


def is_by_hand(output: Path) -> bool:
    """Whether a path is there and its bytes are not those that a stage of a pipeline wrote last."""
    from trainyard.lineage.dvc_record import find_record
    from trainyard.lineage.folder import path_md5

    if not output.exists():
        return False
    record = find_record(output)
    return record is None or record.md5 != path_md5(output)


def same_rows(fresh: Path, output: Path) -> bool:
    """Whether two paths have the same bytes."""
    from trainyard.lineage.folder import path_md5

    return path_md5(fresh) == path_md5(output)


def keep(output: Path) -> int:
    """Leave a file that is somebody's own work, and say so: in a pipeline it is what the next stages take."""
    if "DVC_STAGE" not in os.environ:
        raise ConfigError(f"output={output}: is there already and holds other rows; remove it, or give another name")
    print(f"{output} has been changed by hand and is kept; remove it to have its rows made anew.")
    return 0


def remove(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    import shutil

    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
