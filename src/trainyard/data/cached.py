"""A preparation that was made before, found by its name alone."""

from pathlib import Path

from trainyard.config.schema.dataset_keys import Dataset
from trainyard.data.cache import Cache
from trainyard.data.prepare import find
from trainyard.data.prepared import Prepared


def find_prepared(key: str, dataset: Dataset, root: Path) -> Prepared | None:
    """Return the entry of the cache under `root` that a run names as its own, None where it is not there any more.

    What lies under a name is the same rows whatever has become of the files that they were read from.
    """
    cache = Cache.of(root)
    if not key.isalnum() or not cache.entry(key).is_dir():  # a name that leads elsewhere is none
        return None
    with cache.locked(key, shared=True):
        return find(cache, key, dataset)
