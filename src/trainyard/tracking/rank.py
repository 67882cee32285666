"""Which of the processes of one training this is, read from the environment before torch is there to ask."""

import os
from collections.abc import Mapping

GLOBAL_RANK = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "JSM_NAMESPACE_RANK")
RANK_IN_PARTS = ("NODE_RANK", "GROUP_RANK", "LOCAL_RANK")  # Lightning's own launcher gives no global rank


def is_first_process(env: Mapping[str, str] | None = None) -> bool:
    """Whether this is global rank 0, the one process that writes; alone or without a launcher, it is."""
    env = os.environ if env is None else env
    for name in GLOBAL_RANK:
        if env.get(name):
            return env[name] == "0"
    return all(env.get(name, "0") in ("", "0") for name in RANK_IN_PARTS)
