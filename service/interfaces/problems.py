"""Errors -> RFC 9457 problem details with a Korean `detail`: the one place that knows HTTP statuses."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from service import errors, messages
from service.interfaces.schemas import Problem

STATUSES: dict[type[errors.TutorError], int] = {
    errors.TextTooLong: 413,
    errors.UnknownDocument: 404,
    errors.UnknownQuestion: 404,
    errors.UnknownCard: 404,
    errors.UnknownImage: 404,
    errors.InputError: 422,
    errors.Unauthorised: 401,
    errors.Forbidden: 403,
    errors.Overloaded: 503,
    errors.IndexUnusable: 503,
    errors.EncoderError: 503,
    errors.StoreError: 503,
    errors.TutorError: 500,
}
RETRY_AFTER = "1"

log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Let every error of `app` leave as a problem document."""
    app.add_exception_handler(errors.TutorError, _tutor_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def problem(request: Request, status: int, detail: str) -> JSONResponse:
    """A problem document as a response."""
    body = Problem(
        title=messages.HTTP_TITLES.get(status, messages.HTTP_TITLES[400 if status < 500 else 500]),
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request.scope.get("request_id", ""),
    )
    headers = {"Retry-After": RETRY_AFTER} if status in {429, 503} else {}
    return JSONResponse(body.model_dump(), status, headers, media_type="application/problem+json")


async def _tutor_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.TutorError)  # noqa: S101 - registered for this class
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    if status >= 500:
        log.warning("%s", error)
    response = problem(request, status, messages.explain(error))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


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
    log.error("unexpected error on %s", request.url.path, exc_info=error)
    return problem(request, 500, messages.SERVER_ERROR.format(request_id=request.scope.get("request_id", "")))
