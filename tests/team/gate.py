"""A reverse proxy as a team has it before MLflow: who does not bring the token is sent away."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PASSED_ON = ("Content-Type", "Accept", "X-Mlflow-Workspace")


@contextmanager
def gate(to_port: int, token: str) -> Iterator[str]:
    """The address of a proxy to a port of this machine, while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != f"Bearer {token}":
                self.reply(401, "text/plain", b"Who are you?")
                return
            headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            with closing(HTTPConnection("127.0.0.1", to_port)) as behind:
                behind.request(self.command, self.path, body, headers)
                answer = behind.getresponse()
                self.reply(answer.status, answer.headers.get("Content-Type", ""), answer.read())

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def reply(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            """Nothing is written of what passes."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
