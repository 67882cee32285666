"""MLflow's scoring server around a model: /ping, /health and /version are MLflow's, and /invocations gives its answers.

What is wrong with a request is told in a sentence, as JSON, where MLflow's own answers hold tracebacks and the rows.
"""

import io
import json
import logging
from typing import TYPE_CHECKING

import pandas as pd
from fastapi import FastAPI, Request, Response
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import scoring_server
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from trainyard.server.request import RefusedError, rows_of

if TYPE_CHECKING:
    from trainyard.server.served_model import ServedModel

INVOCATIONS = "/invocations"
LARGEST = 64  # MiB of a request
HOSTS = ("127.0.0.1", "localhost")  # what a request may call this server; a page of the web would call it otherwise
CODES = {400: "INVALID_PARAMETER_VALUE", 404: "ENDPOINT_NOT_FOUND", 500: "INTERNAL_ERROR"}  # MLflow's words

log = logging.getLogger("trainyard.server")


def application(served: "ServedModel", largest: int = LARGEST) -> FastAPI:
    """Return the server of a model; a request may have `largest` MiB."""
    app: FastAPI = scoring_server.init(served.pyfunc)
    app.router.routes[:] = [route for route in app.router.routes if getattr(route, "path", "") != INVOCATIONS]

    async def invocations(request: Request) -> Response:
        """Predict for raw rows: dataframe_records, dataframe_split, inputs or instances as JSON, or CSV."""
        try:
            if request.url.hostname not in HOSTS:
                raise RefusedError(f"This server is called {' or '.join(HOSTS)} (header Host), not "
                                   f"{request.url.hostname}.", 403)  # fmt: skip
            body = await _body(request, largest)
            text = await run_in_threadpool(answer, served, body, request.headers.get("content-type", ""))
        except RefusedError as error:
            return failure(error.status, error.message)
        except Exception:
            log.exception("a request could not be answered")
            return failure(500, "The server failed; its log tells why.")
        return Response(text, media_type="application/json")

    async def told(_request: Request, error: Exception) -> Response:
        status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "Failed")
        advice = "Rows are sent by POST to /invocations; /ping, /health and /version take GET."
        return failure(status, f"{detail}. {advice}")

    app.add_api_route(INVOCATIONS, invocations, methods=["POST"])
    app.add_exception_handler(HTTPException, told)
    return app


def answer(served: "ServedModel", body: bytes, content_type: str) -> str:
    """Return the predictions for the rows of a request, as MLflow writes them. Raises RefusedError."""
    rows = rows_of(body, content_type, served.model)
    try:
        predicted: pd.DataFrame = served.pyfunc.predict(rows)
    except MlflowException as error:
        raise RefusedError(error.message) from None
    text = io.StringIO()
    scoring_server.predictions_to_json(predicted, text)  # type: ignore[no-untyped-call]
    return text.getvalue()


async def _body(request: Request, largest: int) -> bytes:
    """Return the body of a request, of which not more is read than there may be."""
    bound, parts, size = largest * 2**20, [], 0
    async for part in request.stream():
        size += len(part)
        if size > bound:
            raise RefusedError(f"A request has {largest} MiB at most. Send fewer rows at a time; trainyard predict "
                               "takes files of any size.", 413)  # fmt: skip
        parts.append(part)
    return b"".join(parts)


def failure(status: int, message: str) -> Response:
    """Return the answer to a request that failed, in MLflow's form."""
    content = json.dumps({"error_code": CODES.get(status, "BAD_REQUEST"), "message": message}, ensure_ascii=False)
    return Response(content, status, media_type="application/json")
