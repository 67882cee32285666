"""What `${...}` in a config may say beyond OmegaConf's and Hydra's own: ${project_root:}, ${run_id:}, ${stem:...}."""

import os
import re
import secrets as random_source
from pathlib import PurePath

from hydra.core.utils import setup_globals
from omegaconf import OmegaConf

from trainyard.config.root import project_root
from trainyard.config.secrets import environment_value, forget_environment, masked_overrides

MEMBER_NAME_LENGTH = 80


def register_resolvers() -> None:
    """Make the resolvers known to OmegaConf; harmless when repeated."""
    setup_globals()
    register = OmegaConf.register_new_resolver
    register("project_root", lambda: str(project_root()), replace=True)
    register("run_id", lambda: random_source.token_hex(3), use_cache=True, replace=True)
    register("stem", stem, replace=True)
    register("folder_name", folder_name, replace=True)
    register("member_name", member_name, replace=True)
    register("mlflow_experiment", mlflow_experiment, replace=True)
    register("oc.env", environment_value, replace=True)


def stem(path: str) -> str:
    """Return the name of a file without its folder and endings: houses for data/houses.csv.gz."""
    name = PurePath(str(path)).name
    bare = re.sub(r"(\.(csv|tsv|txt|parquet|pq|feather|arrow|npz|npy|gz))+$", "", name, flags=re.IGNORECASE) or name
    forget_environment(bare)  # the name of a file is no secret, wherever its folder came from
    return bare


def folder_name(text: str) -> str:
    """Return the text with everything that is awkward in a folder's name replaced by one dash."""
    return re.sub(r"[^\w.=+,\[\]-]+", "-", str(text)).strip("-.") or "unnamed"


def member_name(number: object, overrides: str) -> str:
    """Return the folder of a member of a sweep: its number and what sets it apart, 3-seed=1,hidden=[64].

    Keys of a layer keep its name: 3-dense1.out_features=64.
    """
    parts = masked_overrides(re.sub(r"^[+~]*", "", part) for part in re.split(r",(?![^\[]*\])", overrides) if part)
    short = ",".join(re.sub(r"^(network\.layers\.|[\w./-]*\.)(?=[^=]*=)", "", part) for part in parts)
    return folder_name(f"{number}-{short}" if short else f"{number}")[:MEMBER_NAME_LENGTH]


def mlflow_experiment(default: str) -> str:
    """Return MLFLOW_EXPERIMENT_NAME, else the default."""
    return os.environ.get("MLFLOW_EXPERIMENT_NAME") or str(default)
