"""What a refused call is answered with. Texts and codes are Telegram's own."""

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
TERMINATED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"
PHRASES = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


class RefusedError(Exception):
    """The call is refused."""

    def __init__(self, code: int, description: str, *, retry_after: float = 0, avoidable: bool = True) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.avoidable = avoidable  # the bot's own mistake, so a violation; otherwise the world's doing


def bad_request(text: str, *, avoidable: bool = True) -> RefusedError:
    return RefusedError(400, f"Bad Request: {text}", avoidable=avoidable)


def forbidden(text: str) -> RefusedError:
    return RefusedError(403, f"Forbidden: {text}", avoidable=False)


def injected(code: int, retry_after: float) -> RefusedError:
    """An error that a test asked for."""
    text = f"Too Many Requests: retry after {retry_after}" if code == 429 else PHRASES.get(code, "Injected fault")
    return RefusedError(code, text, retry_after=retry_after, avoidable=False)
