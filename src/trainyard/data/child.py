"""The process that reads and prepares a dataset, so that training imports neither pyarrow nor scikit-learn.

`python -m trainyard.data.child FOLDER` reads FOLDER/request.json and writes FOLDER/entry, or FOLDER/faults.json and
exit code 2. Its standard input is a line to its parent: when that ends, it ends.
"""

import json
import os
import sys
import threading
from pathlib import Path

from trainyard.errors import FaultsError


def main(folder: Path) -> int:
    threading.Thread(target=end_with_parent, daemon=True).start()
    from trainyard.data.build import build  # the slow imports come when the parent is already watched
    from trainyard.data.request import Request

    request = Request.from_json((folder / "request.json").read_text())
    try:
        build(request, folder / "entry")
    except FaultsError as error:
        (folder / "faults.json").write_text(json.dumps(error.faults))
        return error.exit_code
    return 0


def end_with_parent() -> None:
    """Wait for the end of standard input, which comes when the parent closes it or dies."""
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
