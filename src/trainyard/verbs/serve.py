"""`trainyard serve run=...`: a trained model that answers requests over HTTP, to this machine alone."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of
from trainyard.verbs.trusting import TRUSTED, trusted_packages

if TYPE_CHECKING:
    import socket

    from trainyard.server.served_model import ServedModel

PORT = 5001
VERB = Verb(
    "serve",
    "Serves a trained model by MLflow's scoring protocol, at 127.0.0.1 alone, until Ctrl-C.",
    {
        "run": f"{RUN} (latest unless given)",
        "port": f"the port to listen at; 0 takes one that is free ({PORT} unless given)",
        "trusted": TRUSTED,
        **TRACKING_KEYS,
    },
    ("run=latest", "run=models:/fish@champion port=8080", "run=model/ port=0"),
)


def main(argv: Sequence[str]) -> int:
    """Serve a model until a signal ends it."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    port = port_of(values)
    from trainyard.config.root import project_root
    from trainyard.server.listen import noted_interrupts, open_port

    with noted_interrupts() as interrupts, open_port(port) as opened:
        from trainyard.server.served_model import open_served

        name, trust = values.get("run", "latest"), trusted_packages(argv)
        with open_served(name, project_root(), tracking_of(values), trust) as served:
            if interrupts:
                raise KeyboardInterrupt
            return serve(served, opened)


def port_of(values: Mapping[str, str]) -> int:
    """Return the port to listen at; raise ArgumentsError for what is none."""
    from trainyard.server.listen import LAST

    word = values.get("port", str(PORT))
    if not (word.isascii() and word.isdigit() and len(word) <= len(str(LAST)) and int(word) <= LAST):
        raise ArgumentsError(f"port={word}: must be a whole number from 0 to {LAST}")
    return int(word)


def serve(served: "ServedModel", opened: "socket.socket") -> int:
    """Answer requests until a signal comes, after a line to paste that sends one; return the exit code."""
    from trainyard.server.application import INVOCATIONS, application
    from trainyard.server.example import curl_line, example_request
    from trainyard.server.listen import listen

    host, port = opened.getsockname()
    address = f"http://{host}:{port}{INVOCATIONS}"
    line = curl_line(address, example_request(served.model.card["example"]), served.folder)

    def tell() -> None:
        print(f"model      {served.model!r}\n           from {served.origin}")
        print(f"serving    {address}; Ctrl-C ends it\ntry        {line}", flush=True)

    return listen(application(served), opened, tell)
