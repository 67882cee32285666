"""Launchers: which there are, which of their keys count, and what must not be handed over by files."""

from collections.abc import Sequence

import pytest
from omegaconf import OmegaConf

from tests.config.conftest import shared_composer
from trainyard.config.launchers import Launcher, launcher_faults
from trainyard.config.sweep import compose_sweep
from trainyard.errors import ConfigError


def launcher_of(*overrides: str) -> Launcher:
    return compose_sweep(shared_composer(), ["seed=1,2", *overrides]).launcher


def faults_of(*overrides: str) -> Sequence[str]:
    with pytest.raises(ConfigError) as error:
        launcher_of(*overrides)
    return error.value.faults


def test_unless_one_is_chosen_members_run_in_this_process() -> None:
    assert launcher_of() == Launcher("basic", {})


def test_keys_of_a_launcher_pass_through() -> None:
    assert launcher_of("hydra/launcher=joblib", "hydra.launcher.n_jobs=3").keys["n_jobs"] == 3
    typed = ("hydra/launcher=submitit_slurm", "hydra.launcher.timeout_min=90", "hydra.launcher.partition=gpu")
    slurm = launcher_of(*typed)
    assert slurm.is_submitit
    assert (slurm.keys["timeout_min"], slurm.keys["partition"]) == (90, "gpu")


def test_submitit_writes_to_a_folder_of_its_own_unless_one_is_given() -> None:
    assert "submitit_folder" not in launcher_of("hydra/launcher=submitit_local").keys
    given = launcher_of("hydra/launcher=submitit_local", "hydra.launcher.submitit_folder=/tmp/jobs/%j")
    assert given.keys["submitit_folder"] == "/tmp/jobs/%j"


@pytest.mark.parametrize(
    ("overrides", "fault"),
    [
        (["hydra/launcher=joblib", "hydra.launcher.backend=threading"],
         "hydra.launcher.backend=threading: has no effect; members run in processes of their own, "
         "hydra.launcher.n_jobs at a time"),
        (["hydra/launcher=joblib", "hydra.launcher.n_jobs=0"],
         "hydra.launcher.n_jobs=0: must be a number of processes, or -1 for all cores"),
        (["hydra/launcher=submitit_slurm", "hydra.launcher.nodes=2"],
         "hydra.launcher.nodes=2: a member of a sweep is one process; leave it at 1"),
        (["hydra/launcher=submitit_local", "tags.api_key=hunter22"],
         "tags.api_key=***: would be written to a file by hydra/launcher=submitit_local; put it into an environment "
         "variable and write tags.api_key='${oc.env:NAME}'"),
    ],
)  # fmt: skip
def test_what_a_launcher_cannot_do_is_told(overrides: list[str], fault: str) -> None:
    assert faults_of(*overrides) == (fault,)


def test_secrets_go_to_a_launcher_that_writes_no_files_and_their_names_to_every_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KEY_OF_THE_TEAM", "hunter22")
    assert launcher_of("hydra/launcher=joblib", "tags.api_key=hunter22").name == "joblib"
    assert launcher_of("hydra/launcher=submitit_local", "tags.api_key='${oc.env:KEY_OF_THE_TEAM}'").is_submitit


def test_a_secret_among_the_values_of_a_file_is_found_too() -> None:
    cfg = compose_sweep(shared_composer(), ["seed=1,2", "hydra/launcher=submitit_local"]).cfg
    (fault,) = launcher_faults(cfg, ("tracking.uri=http://me:hunter22@host",))
    assert fault.text.startswith("tracking.uri=http://***@host: would be written to a file")


def test_another_launcher_is_refused() -> None:
    hydra = {"launcher": {"_target_": "ray"}, "runtime": {"choices": {"hydra/launcher": "ray"}}}
    cfg = OmegaConf.create({"hydra": hydra})
    (fault,) = launcher_faults(cfg, ())
    assert fault.text == "hydra/launcher=ray: is not supported; take basic, joblib, submitit_local or submitit_slurm"
