"""Which links Telegram takes on a button or in a text: http, https and tg only."""

from urllib.parse import urlsplit

SCHEMES = ("http", "https", "tg")
LOOPBACK = ("127.0.0.1", "localhost")


def url_problem(url: str) -> str:
    """Why Telegram refuses this link, in its words; empty when it takes it.

    Stricter than Telegram in one point: a link without its scheme (`example.org`) is refused too."""
    scheme, separator, rest = url.partition(":")
    if not separator:
        return "Wrong HTTP URL"
    if scheme.lower() in SCHEMES and rest.startswith("//"):
        return _host_problem(url)
    if rest.startswith("//"):
        return "Unsupported URL protocol"
    # Telegram reads "tel:112" as host and port, which is why a phone number on a button fails with these two texts.
    return "Wrong HTTP URL" if rest.isdigit() and 0 < int(rest) < 65536 else "Wrong port number specified in the URL"


def _host_problem(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "Wrong port number specified in the URL"
    if not host:
        return "URL host is empty"
    if parts.scheme == "tg":
        return ""
    return "" if "." in host or ":" in host else "Wrong HTTP URL"
