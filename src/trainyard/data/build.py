"""Read, type, split and transform a dataset, and write the result as the files of a cache entry."""

import shutil
from dataclasses import asdict
from pathlib import Path

from trainyard.data.assemble import assemble
from trainyard.data.request import Request
from trainyard.data.sink import InFolder
from trainyard.data.sources import load_source
from trainyard.data.store import write, write_test_names
from trainyard.errors import DataError


def build(request: Request, folder: Path) -> None:
    """Prepare into `folder`, which must not exist yet. Raises DataError with all faults found."""
    source = load_source(request.dataset, request.memory, request.trusted)
    folder.mkdir(parents=True)
    try:
        made = assemble(source, request.dataset, request.task, request.double, request.target_transform,
                        InFolder(folder))  # fmt: skip
    except DataError as error:
        shutil.rmtree(folder)
        raise DataError(source.named(error.faults)) from None
    if source.names:
        write_test_names(folder, [source.names[row] for row in made.test.rows])
    parts = {"train": made.train, "val": made.val, "test": made.test}
    write(folder, parts, {
        "task": made.task,
        "numeric": made.train.x.shape[1],
        "category_sizes": made.category_sizes,
        "image_shape": made.image_shape,
        "classes": made.classes,
        "class_counts": made.class_counts,
        "targets": made.targets,
        "target_mean": made.target_mean,
        "target_scale": made.target_scale,
        "target_powers": [asdict(power) for power in made.target_powers],
        "preprocessing": made.preprocessing,
        "digest": source.digest,
        "example": made.example,
        "probe_x": made.probe_x,
        "probe_codes": made.probe_codes,
        "summary": made.summary.to_dict(),
    })  # fmt: skip
