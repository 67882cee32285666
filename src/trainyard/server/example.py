"""A request to paste: curl with the example rows of a model."""

import json
import shlex
from pathlib import Path
from typing import Any

LONGEST = 1500  # characters of a request that stand in the line itself


def example_request(example: list[dict[str, Any]]) -> str:
    """Return a request with the first row of a card's example, as JSON."""
    return json.dumps({"dataframe_records": example[:1]}, ensure_ascii=False)


def curl_line(address: str, request: str, folder: Path) -> str:
    """Return the line that sends a request; one that is long is written to a file in `folder`, which the line names."""
    data = shlex.quote(request)
    if len(request) > LONGEST:
        file = folder / "request.json"
        file.write_text(request, encoding="utf-8")
        data = shlex.quote(f"@{file}")
    return f"curl {address} -H 'Content-Type: application/json' -d {data}"
