"""The one error that this package fails with."""

from __future__ import annotations


class PerennialError(Exception):
    """What is wrong in one sentence, and what to do about it.

    ``code`` is that of the server's refusals, or ``invalid_folder``, ``invalid_trainer``, ``cannot_convert``,
    ``unreachable``, ``configuration``.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        code: str = "invalid_trainer",
        status: int = 0,
        retryable: bool = False,
        path: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.status = status
        self.retryable = retryable
        self.path = path
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def cannot_convert(what: str, hint: str) -> PerennialError:
    """A model that has no true form outside of Python."""
    return PerennialError(what, hint, code="cannot_convert")


def missing_package(name: str, extra: str | None = None) -> PerennialError:
    """Something that only some users need is not installed."""
    wanted = f"perennial[{extra}]" if extra else name
    return PerennialError(f"The Python package {name} is not installed.", f"Install it: pip install '{wanted}'.", code="configuration")
