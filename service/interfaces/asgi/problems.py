"""Errors -> RFC 9457 problem details with a Korean `detail`: the one place that knows HTTP statuses."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from service import errors, messages
from service.interfaces.asgi.request_id import HEADER, request_id

STATUSES: dict[type[errors.TutorError], int] = {
    errors.TextTooLong: 413,
    errors.UnknownDocument: 404,
    errors.UnknownQuestion: 404,
    errors.UnknownCard: 404,
    errors.UnknownDeck: 404,
    errors.UnknownDeckVersion: 404,
    errors.EmptyDeck: 404,
    errors.UnknownModel: 404,
    errors.IdCollision: 409,
    errors.TooManyDocuments: 409,
    errors.LastDocument: 409,
    errors.DocumentChanged: 412,
    errors.NotMarkdown: 415,
    errors.UnknownImage: 404,
    errors.InputError: 422,
    errors.Unauthorised: 401,
    errors.Forbidden: 403,
    errors.ForeignHost: 403,
    errors.ForeignOrigin: 403,
    errors.TooManyRequests: 429,
    errors.Overloaded: 503,
    errors.NotAnswering: 503,
    errors.ServerEnds: 503,
    errors.IndexUnusable: 503,
    errors.EncoderError: 503,
    errors.StoreError: 503,
    errors.StorageError: 503,
    errors.TutorError: 500,
}
RETRY_AFTER = "1"
OPENAI_PREFIX = "/v1/"
OPENAI_ERRORS: dict[int, tuple[str, str | None]] = {
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("invalid_request_error", "permission_denied"),
    404: ("invalid_request_error", "not_found"),
    429: ("requests", "rate_limit_exceeded"),
    500: ("server_error", None),
    503: ("server_error", "service_unavailable"),
}

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="무엇이 잘못됐고 어떻게 하면 되는지")
    instance: str
    request_id: str


def install(app: FastAPI) -> None:
    """Let every error of `app` leave as a problem document."""
    app.add_exception_handler(errors.TutorError, _tutor_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def document(request: Request, status: int, detail: str) -> Problem:
    """A problem document."""
    return Problem(
        title=messages.HTTP_TITLES.get(status, messages.HTTP_TITLES[400 if status < 500 else 500]),
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request_id(),
    )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How the OpenAPI document describes the problems that a route may answer with."""
    return {
        status: {
            "model": Problem,
            "description": messages.HTTP_TITLES[status],
            "content": {"application/problem+json": {}},
        }
        for status in statuses
    }


def problem(request: Request, status: int, detail: str) -> JSONResponse:
    """A problem document as a response; to OpenAI's clients it is said in their own shape."""
    body = document(request, status, detail)
    if request.url.path.startswith(OPENAI_PREFIX):
        return _openai_error(body)
    return JSONResponse(body.model_dump(), status, _retry(status), media_type="application/problem+json")


def openai_error(body: Problem) -> dict[str, dict[str, str | None]]:
    """A problem as OpenAI's API words it."""
    kind, code = OPENAI_ERRORS.get(body.status, ("invalid_request_error", None))
    return {"error": {"message": body.detail, "type": kind, "param": None, "code": code}}


def _openai_error(body: Problem) -> JSONResponse:
    status = 400 if body.status == 422 else body.status
    return JSONResponse(openai_error(body), status, _retry(status))


def _retry(status: int) -> dict[str, str]:
    return {"Retry-After": RETRY_AFTER} if status in {429, 503} else {}


def describe(request: Request, error: errors.TutorError) -> Problem:
    """What one of our errors says; what is the server's own trouble is logged."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    if status >= 500:
        log.warning("%s", error)
    return document(request, status, messages.explain(error))


def unexpected(request: Request, error: Exception) -> Problem:
    """What is said of an error that nobody foresaw; the log has the rest."""
    log.error("unexpected error on %s", request.url.path, exc_info=error)
    return document(request, 500, messages.SERVER_ERROR.format(request_id=request_id()))


def refuse(request: Request, error: errors.TutorError) -> JSONResponse:
    """One of our errors as a response."""
    described = describe(request, error)
    response = problem(request, described.status, described.detail)
    if described.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.TooManyRequests):
        response.headers["Retry-After"] = str(error.fields["seconds"])
    return response


async def _tutor_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.TutorError)  # noqa: S101 - registered for this class
    return refuse(request, error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return problem(request, 400, messages.NOT_JSON)
    return problem(request, 422, " / ".join(_field(each) for each in found[:5]))


def _field(found: dict[str, Any]) -> str:
    where: Sequence[Any] = found["loc"][1:] or found["loc"]
    words = messages.FIELD_PROBLEMS.get(found["type"], messages.FIELD_PROBLEM).format(**found.get("ctx", {}))
    name = ".".join(str(part) for part in where).encode("utf-8", "replace").decode()[:80]
    return messages.INVALID_FIELD.format(field=name, problem=words)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    details = {
        400: messages.NOT_JSON,
        404: messages.UNKNOWN_ROUTE,
        405: messages.WRONG_METHOD.format(method=request.method),
    }
    response = problem(request, error.status_code, details.get(error.status_code, str(error.detail)))
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    response = problem(request, 500, unexpected(request, error).detail)
    response.headers[HEADER] = request_id()  # what goes wrong unforeseen is answered outside of `RequestId`
    return response
