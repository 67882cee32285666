"""Table files that tests write and faults that they expect."""

import pytest

from trainyard.data.read import read_table
from trainyard.errors import DataError


def put(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


def fault_of(path, **options):
    """The one fault found in a file."""
    with pytest.raises(DataError) as caught:
        read_table(path, **options)
    [fault] = caught.value.faults
    return fault
