"""`trainyard register run=... name=... alias=...`: a name that people agree on, in MLflow's registry."""

from collections.abc import Sequence

from trainyard.errors import ConfigError
from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of

VERB = Verb(
    "register",
    "Registers the model of a run in MLflow as the newest version of a name; a model that is one already stays it.\n"
    "models:/name@alias then stands for the run wherever a verb takes one.",
    {
        "run": f"{RUN} (latest unless given)",
        "name": "the name in the registry",
        "alias": "moved to this version, such as champion (none unless given)",
        **TRACKING_KEYS,
    },
    ("run=latest name=digits alias=champion",),
)


def main(argv: Sequence[str]) -> int:
    """Register the model of a run and print what it is called now."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    if "name" not in values:
        raise ArgumentsError("name: is needed; it is what the model is called in the registry")
    from trainyard.config.root import project_root
    from trainyard.tracking.open_run import open_run
    from trainyard.tracking.reading import first_record
    from trainyard.tracking.registry import REGISTERED, check_names, find_registered, register_model
    from trainyard.tracking.remote_record import find_remote

    check_names(values["name"], values.get("alias"))
    root, tracking, run = project_root(), tracking_of(values), values.get("run", "latest")
    if run.startswith(REGISTERED):
        record = find_registered(run, root, tracking())
    else:
        with open_run(run, root, tracking) as opened:
            begun = None if opened.remote else first_record(opened.folder)
            found = opened.remote or (find_remote(str(begun["id"]), root, tracking()) if begun else None)
            if found is None:
                raise ConfigError(f"run={run}: MLflow does not have it; bring it there: "
                                  f"trainyard sync run={opened.folder.name}")  # fmt: skip
            record = found
    model = record.model or record.newest_model
    if model is None:
        raise ConfigError(f"run={run}: has no model in MLflow; bring what is missing: trainyard sync run={run}")
    version = register_model(record, model, values["name"], values.get("alias"))
    names = [f"{REGISTERED}{values['name']}/{version}"]
    if "alias" in values:
        names.append(f"{REGISTERED}{values['name']}@{values['alias']}")
    print(f"registered {' = '.join(names)}")
    return 0
