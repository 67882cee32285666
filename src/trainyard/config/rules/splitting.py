"""Rules about the parts: a split has the columns or files that it needs, and leaves rows to train on."""

from trainyard.config.faults import Fault
from trainyard.config.rules.rule import Clashes, clash, rule, setting
from trainyard.config.schema.dataset import Arrays, Csv, Idx, ImageFolder
from trainyard.config.schema.dataset_keys import Images
from trainyard.config.schema.run import Config

SPLIT_KEYS = {"files": "test_path", "column": "split_column", "group": "group", "time": "time"}
IN_PARTS = (Csv, Idx, ImageFolder, Arrays)  # whose files may say which part their rows are of


@rule
def _split_has_what_it_needs(config: Config) -> Clashes:
    data = config.dataset
    needed = SPLIT_KEYS.get(data.split)
    if data.split == "files" and not isinstance(data, Csv):
        if not isinstance(data, IN_PARTS):
            text = f"dataset.split=files: is for dataset=csv; dataset={data.source} has no files"
            yield clash(text, "dataset.split")
    elif needed and isinstance(data, Images):
        yield clash(f"dataset.split={data.split}: is for tables; dataset={data.source} has images", "dataset.split")
    elif needed and not getattr(data, needed):
        yield clash(f"dataset.split={data.split}: needs dataset.{needed}", "dataset.split", f"dataset.{needed}")
    for split, name in SPLIT_KEYS.items():
        value = getattr(data, name, None)
        if value is not None and data.split not in ("auto", split) and name not in ("group", "time"):
            yield clash(f"{setting(f'dataset.{name}', value)}: is only used with dataset.split={split}, not with "
                         f"{data.split}", f"dataset.{name}", "dataset.split")  # fmt: skip
        if value is not None and data.split in ("random", "stratified") and name in ("group", "time"):
            yield clash(f"{setting(f'dataset.{name}', value)}: dataset.split={data.split} would ignore it; take "
                         f"dataset.split={split}", f"dataset.{name}", "dataset.split")  # fmt: skip
    if isinstance(data, Csv) and data.val_path is not None and data.test_path is None:
        yield clash(f"{setting('dataset.val_path', data.val_path)}: needs dataset.test_path too", "dataset.val_path")


@rule
def _auto_ignores_no_key(config: Config) -> Clashes:
    """Of the keys that are set, auto takes files before a column, a column before groups, and groups before time."""
    data = config.dataset
    files, column = getattr(data, "test_path", None), data.split_column
    if data.split != "auto":
        return
    if files is not None and column is not None:
        yield _ignored("split_column", column, "dataset.test_path gives files of their own; leave one of them out")
    if data.time is None:
        return
    if data.group is not None and files is None and column is None:
        why = "dataset.group divides the rows; take dataset.split=group or dataset.split=time"
    elif data.group is not None:
        why = "dataset.group cuts val from train; leave one of them out"
    elif column is not None and files is None:
        why = "dataset.split_column divides the rows; leave it out, or take dataset.split=column (val is cut by time)"
    elif getattr(data, "val_path", None) is not None:
        why = "val and test are files of their own; leave it out"
    else:
        return
    yield _ignored("time", data.time, why)


def _ignored(name: str, value: str, why: str) -> Fault:
    key = f"dataset.{name}"
    return clash(f"{setting(key, value)}: dataset.split=auto would ignore it, as {why}", key, "dataset.split")


@rule
def _folds_can_be_made(config: Config) -> Clashes:
    data = config.dataset
    if data.folds is None:
        if data.fold is not None:
            yield clash(f"dataset.fold={data.fold}: needs dataset.folds too; k_fold=5 trains all folds of five",
                         "dataset.fold", "dataset.folds")  # fmt: skip
        return
    if data.fold is None:
        yield clash(f"dataset.folds={data.folds}: needs dataset.fold, 0 to {data.folds - 1}, too; k_fold={data.folds} "
                     "trains them all", "dataset.folds", "dataset.fold")  # fmt: skip
    elif data.fold >= data.folds:
        yield clash(f"dataset.fold={data.fold}: dataset.folds={data.folds} are counted from 0 to {data.folds - 1}",
                     "dataset.fold", "dataset.folds")  # fmt: skip
    if data.val_fraction + 1 / data.folds >= 1:
        yield clash(f"dataset.val_fraction={data.val_fraction:g}: leaves no rows to train on beside one of "
                     f"{data.folds} folds; lower it", "dataset.val_fraction", "dataset.folds")  # fmt: skip
    for split in ("files", "column", "time"):
        name = SPLIT_KEYS[split]
        asked = data.split == split or (data.split == "auto" and getattr(data, name, None) is not None)
        if asked:
            given = f"dataset.split={split}" if data.split == split else setting(f"dataset.{name}", getattr(data, name))
            yield clash(f"{given}: says which rows are tested, and folds would test every row; leave out one of them",
                         f"dataset.{name}", "dataset.split", "dataset.folds")  # fmt: skip


@rule
def _parts_leave_rows_to_train_on(config: Config) -> Clashes:
    data = config.dataset
    by_rows = data.split not in ("files", "column") and getattr(data, "test_path", None) is None and not data.folds
    if by_rows and data.val_fraction + data.test_fraction >= 1:
        yield clash(
            f"dataset.val_fraction={data.val_fraction:g} and dataset.test_fraction={data.test_fraction:g}: leave no "
            "rows to train on; their sum must be less than 1", "dataset.val_fraction", "dataset.test_fraction")
