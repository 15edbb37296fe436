"""What a client is told when it cannot be served: each error knows its status; `kg.web.app` has the table."""

from __future__ import annotations

from kg.errors import KgError


class WebError(KgError):
    """An answer with an error status."""

    status = 500


class BadRequest(WebError):
    """The request is not what the protocol says."""

    status = 400


class Forbidden(WebError):
    """An update, a foreign host name, a federated query."""

    status = 403


class NoSuchPage(WebError):
    """Nothing has that address."""

    status = 404


class NotAcceptable(WebError):
    """No format that the client accepts fits the answer."""

    status = 406


class TooSlow(WebError):
    """The client took too long to say what it wants."""

    status = 408


class TooLarge(WebError):
    """More query than is read."""

    status = 413


class WrongType(WebError):
    """A body of a media type that is no query."""

    status = 415


class EngineDied(WebError):
    """The worker ended while it answered; only this request is lost."""

    status = 500


class Unavailable(WebError):
    """Busy, stopping, out of time or memory; another try, or a smaller question, may do."""

    status = 503
