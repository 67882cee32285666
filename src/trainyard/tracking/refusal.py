"""Tells an MLflow that cannot be reached, which is tried again, from one that will never take a thing."""

from collections.abc import Iterator

from trainyard.errors import TrainyardError

REFUSED = {"INVALID_PARAMETER_VALUE", "BAD_REQUEST", "MALFORMED_REQUEST", "RESOURCE_LIMIT_EXCEEDED", "NOT_IMPLEMENTED"}
MAY_PASS = {401, 403, 404, 408, 409, 429}  # HTTP answers to a client that a change of its login or some time may mend
ON_THE_WAY = ("sqlalchemy", "alembic", "sqlite3", "requests", "urllib3")  # packages whose errors tell of the way there
LOGIN = {
    "UNAUTHENTICATED": "it asks for a login: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and "
    "MLFLOW_TRACKING_PASSWORD",
    "PERMISSION_DENIED": "it does not let this login write there",
}


def is_refused(error: Exception) -> bool:
    """Whether it is of no use to try the same again."""
    from mlflow.exceptions import MlflowException

    if isinstance(error, MlflowException):
        return error.error_code in REFUSED
    response = getattr(error, "response", None)
    if response is not None:
        status = response.status_code
        return 400 <= status < 500 and status not in MAY_PASS
    if isinstance(error, TrainyardError) or type(error).__module__.startswith(ON_THE_WAY):
        return False
    return isinstance(error, FileNotFoundError | NotADirectoryError) or not isinstance(error, OSError)


def is_unreachable(error: BaseException) -> bool:
    """Whether nobody answered at the address of an MLflow."""
    return any(isinstance(each, OSError) and getattr(each, "response", None) is None for each in _chain(error))


def reason(error: BaseException) -> str:
    """Why an MLflow could not be written, for a person: a login that is missing, what the system says, or the error."""
    told = LOGIN.get(getattr(error, "error_code", ""))
    system = [each.strerror for each in _chain(error) if isinstance(each, OSError) and each.strerror]
    return told or (system[-1] if system else str(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, the first cause last."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
