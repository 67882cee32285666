"""Where a run came from, as a person reads it."""

from collections.abc import Mapping
from typing import Any

from trainyard.reports.provenance import PACKAGES
from trainyard.reports.text import labelled, listed, pasted, plural, table

MOST_FILES, MOST_NAMES = 20, 8
Facts = Mapping[str, Any]


def provenance_text(facts: Facts, *, all_packages: bool) -> str:
    """Return the facts of `provenance`, of the packages those that matter most or all."""
    run = facts["run"]
    began = str(run["began"]).replace("T", " ").replace("+00:00", " UTC")
    first = f"{run['name']}: {run['status']}, begun {began} on {run['host']} by {run['user']}"
    packages = package_lines(facts["environment"].get("packages", {}), all_packages=all_packages)
    return "\n".join([first, "", *provenance_lines(facts), *packages])


def provenance_lines(facts: Facts) -> list[str]:
    """Return the same without the line on the run itself and without packages."""
    run = facts["run"]
    lines = [*pasted("folder", run["folder"]), *pasted("command", run["command"])]
    for start in facts["earlier"]:
        lines += labelled("earlier", _start_text(start))
    lines += [*code_lines(facts["code"]), *data_lines(facts["data"])]
    lines += pasted("config", facts["config"]["file"])
    lines += labelled("", f"composed from: {' '.join(facts['config']['typed']) or 'defaults alone'}")
    lines += labelled("seeds", ", ".join(f"{name} {value}" for name, value in facts["seeds"].items()))
    return [*lines, *machine_lines(facts["device"], facts["environment"]), *place_lines(facts)]


def _start_text(start: Facts) -> str:
    """Return how a run that was interrupted had been started."""
    revision = "code that is not known" if start["revision"] is None else start["revision"][:12]
    return f"begun at {revision}{', with changes,' if start['dirty'] else ''} by {start['command']}"


def code_lines(code: Facts | None) -> list[str]:
    """Return the revision, what was not committed, and which untracked files there were."""
    if code is None:
        return labelled("code", "not known: there was no git, or no repository")
    branch = f" (branch {code['branch']})" if code["branch"] else ""
    told = "which is not in this repository" if code["subject"] is None else code["subject"]
    lines = labelled("code", f"{code['revision'][:12]}{branch}: {told}" if code["revision"] else "no commit yet")
    if not code["dirty"]:
        return [*lines, *labelled("", "with nothing changed")]
    if not code["diff_kept"]:
        lines += labelled("", "with changes of more than 5 MB that were not kept")
    if code["changed"]:
        lines += labelled("", f"with {plural(len(code['changed']), 'file')} changed, kept in code.diff:")
        lines += _file_lines(code["changed"])
    if code["saved"]:
        lines += labelled("", f"with untracked files, kept in untracked.zip: {listed(code['saved'], MOST_NAMES)}")
    for reason, names in code["left_out"].items():
        lines += labelled("", f"with untracked files that were not kept ({reason}): {listed(names, MOST_NAMES)}")
    return lines


def _file_lines(changed: list[Facts]) -> list[str]:
    rows = [
        (file["file"], "binary" if file["added"] is None else f"+{file['added']}",
         "" if file["removed"] is None else f"-{file['removed']}")
        for file in changed[:MOST_FILES]
    ]  # fmt: skip
    more = len(changed) - MOST_FILES
    lines = table(rows, right=(1, 2), indent=13)
    return [*lines, *([f"             and {plural(more, 'more file')}"] if more > 0 else [])]


def data_lines(data: Facts) -> list[str]:
    """Return the data with their digest, and what DVC and git knew of each file."""
    lines = labelled("data", f"{data['name']}: {data['origin']}")
    lines += labelled("", f"digest {data['digest']}")
    if not data["files"]:
        return [*lines, *labelled("", "made by code; there is no file that DVC could track")]
    for file in data["files"]:
        part = f"{file['part']}: " if len(data["files"]) > 1 else ""
        named = f"{file['path']}, {file['digest']}, " if part else ""
        lines += labelled("", f"{part}{named}{file_state(file)}")
        if "now" in file:
            lines += labelled("", f"{part}{_state_now(file)}")
    return lines


def file_state(file: Facts) -> str:
    """Return what DVC and git knew of a file when it was read."""
    if file["tracked"] == "none":
        return "not tracked by DVC"
    stage = f", made by stage {file['stage']}" if file["stage"] else ""
    if file["changed"] is None:
        recorded = "other bytes than" if file["recorded"] not in (None, file["digest"]) else "as"
        state = f"{recorded} recorded there; whether that was committed is not known"
    elif file["revision"] is None:
        state = "in no commit"
    else:
        how = "changed since it was committed" if file["changed"] else "as committed"
        state = f"{how} in {file['revision'][:12]}"
    return f"tracked by DVC ({file['record']}){stage}; {state}"


def _state_now(file: Facts) -> str:
    if file["now"] is None:
        return "nothing lies there now"
    return "verified: these bytes lie there now" if file["now"] == file["digest"] else f"other bytes now: {file['now']}"


def machine_lines(device: Facts, environment: Facts) -> list[str]:
    """Return what computed: device, threads and precision, the machine and Python."""
    precision = str(device.get("precision"))
    bits = f"{precision} bit" if precision.isdigit() else precision
    lines = labelled("device", f"{device.get('name')}, {plural(int(device.get('threads', 0)), 'thread')}, {bits}")
    memory = f"{environment.get('memory_bytes', 0) / 2**30:.0f} GiB"
    lines += labelled("machine", f"{environment.get('cpu')}, {environment.get('cores')} cores, {memory}, "
                                 f"{environment.get('platform')}")  # fmt: skip
    return [*lines, *labelled("python", f"{environment.get('python')} ({environment.get('implementation')})")]


def place_lines(facts: Facts) -> list[str]:
    """Return what the run was part of, and where it is known as what."""
    sweep, mlflow = facts["sweep"], facts["mlflow"]
    lines = []
    if sweep is not None:
        place = f"member {sweep['member']} of {sweep['members'] or '?'}"
        lines += labelled("sweep", f"{place} of {sweep['folder'] or sweep['name']}")
    if facts["dvc_stage"]:
        lines += labelled("dvc stage", facts["dvc_stage"])
    known = "not there" if mlflow is None else f"run {mlflow.get('run_id')} in {mlflow.get('tracking_uri')}"
    return [*lines, *labelled("mlflow", known), *labelled("model", _model_text(facts["model_md5"]))]


def _model_text(md5: str | None) -> str:
    return "none was packaged" if md5 is None else f"weights {md5}"


def package_lines(packages: Mapping[str, str], *, all_packages: bool) -> list[str]:
    """Return the packages with their versions."""
    if all_packages:
        return ["", *table([("package", "version"), *packages.items()])]
    shown = ", ".join(f"{name} {packages[name]}" for name in PACKAGES if name in packages)
    return labelled("packages", f"{shown}; packages=all shows all {len(packages)}")
