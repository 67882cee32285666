"""Overrides that are wrong by themselves."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import pytest

from tests.config.conftest import ALL_NETWORKS, ALL_PRESETS
from trainyard.config.override_faults import read_overrides

CASES = {
    "dataset": "dataset: which one? Write dataset=<option>: arrays, breast_cancer, csv, custom, diabetes, digits, "
        "idx, image_folder, iris, linnerud, salmon or wine",
    "iris": "iris: is not key=value; did you mean dataset=iris or experiment=iris?",
    "seed": "seed: has no value; write seed=<value>, without spaces around the =",
    "optimizer.lr:0.1": "optimizer.lr:0.1: write optimizer.lr=0.1",
    "sed": "sed: is not key=value; did you mean seed?",
    "=3": "=3: has no key; write key=value, without spaces around the =",
    "network@x=mlp": "network@x=mlp: packages are not used here; write network=<option>",
    "network=null": f"network=null: one network has to be chosen; there are {ALL_NETWORKS}",
    "~network": f"~network: one network has to be chosen; there are {ALL_NETWORKS}",
    "network={hidden: [3]}": f"network={{hidden: [3]}}: must be one network; there are {ALL_NETWORKS}. Keys of it are "
    "set as network.<key>=<value>",
    "network=[mlp,linear]": f"network=[mlp,linear]: must be one network; there are {ALL_NETWORKS}. Keys of it are "
    "set as network.<key>=<value>",
    "network=mlp,linear": "network=mlp,linear: several values make a sweep; add -m, or choose one",
    "experiment=[digits,digist]": "experiment=[digits,digist]: no such experiment; did you mean digits? There are "
    f"{ALL_PRESETS}.",
    "dataset.target=a,b": "dataset.target=a,b: several values make a sweep, which needs -m; for a list write "
    "dataset.target=[a,b]",
    "network.layers.a.stride=1,2": "network.layers.a.stride=1,2: several values make a sweep, which needs -m; for a "
    "list write network.layers.a.stride=[1,2]",
    "note=a, b": "note=a, b: several values make a sweep, which needs -m; for a text with a comma write "
    "note=\"'a, b'\"",
    "dataset=houses.CSV": "dataset=houses.CSV: for a table of your own write dataset=csv dataset.path=houses.CSV "
    "dataset.target=<column>",
    "accelerator=cuda":
        "accelerator=cuda: no such accelerator; did you mean gpu? There are auto, cpu, ddp_cpu, ddp_gpu, fsdp, gpu and "
        "mps.",
    "dataset.columns=[a]": "dataset.columns=[a]: must be names with values, such as {postcode: {kind: category}}",
    "tags=[a]": "tags=[a]: must be names with values, such as {owner: me}",
    "seed=1,2": "seed=1,2: several values make a sweep; add -m, or give one",
    "seed=range(1,3)": "seed=range(1,3): several values make a sweep; add -m, or give one",
    "network.hidden=[64": "network.hidden=[64: a ] is missing",
    "dataset.columns={a:1": "dataset.columns={a:1: a } is missing",
    "note='half": "note='half: the closing quote is missing",
    "seéd=3": "seéd=3: 'seéd' cannot be a key; did you mean seed?",
    "my seed=3": "my seed=3: a key has no spaces",
    "optimizer.lr=f(3)": "optimizer.lr=f(3): quote a value that has brackets: optimizer.lr=\"'f(3)'\"",
    "optimizer.lr=1;2": "optimizer.lr=1;2: cannot be read; quote a value that has other characters than letters, "
    "digits and . / - _: optimizer.lr=\"'1;2'\"",
    "optimizer.name=sgd": "optimizer.name=sgd: is set by the choice of an option; write optimizer=sgd",
    "dataset.source=iris": "dataset.source=iris: is set by the choice of an option; write dataset=iris",
    "~optimizer.lr": "~optimizer.lr: a key cannot be taken away; write optimizer.lr=<value>",
    "+++seed=3": "+++seed=3: '+seed' cannot be a key; did you mean seed?",
    "hydra/launcher=rocket":
        "hydra/launcher=rocket: no such hydra/launcher. There are basic, joblib, submitit_local and submitit_slurm.",
    "hydra.run.dri=x": "hydra.run.dri=x: Key 'dri' not in 'RunDir'",
    "tags.api_key=a,b": "tags.api_key=***: several values make a sweep, which needs -m; for a text with a comma write "
    "tags.api_key=\"'***'\"",
}


@pytest.mark.parametrize(("override", "fault"), CASES.items(), ids=list(CASES))
def test_an_override_that_is_wrong_by_itself(
    faults: Callable[..., Sequence[str]], override: str, fault: str
) -> None:
    assert faults(override) == (fault,)


def test_hydras_own_keys_are_passed_on(composed: Callable[..., object]) -> None:
    assert composed("hydra.run.dir=/tmp/here", "hydra.verbose=true")


def test_a_launcher_that_is_not_installed_says_how_to_get_it() -> None:
    groups = SimpleNamespace(is_group=lambda name: name == "hydra/launcher", options=lambda group: ["basic"])
    for launcher in ("joblib", "submitit_slurm"):
        _, (fault,) = read_overrides([f"hydra/launcher={launcher}"], groups, sweeping=True)  # type: ignore[arg-type]
        package = f"hydra-{launcher.removesuffix('_slurm')}-launcher"
        assert fault.text == f"hydra/launcher={launcher}: is not installed; it comes with pip install {package}"
