"""The Bot API as far as conversations need it: every call is taken, and what concerns a chat reaches its patient."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Protocol

from bench.standin import messages
from bench.standin.messages import Message
from bench.standin.params import Params, markup_of, read_params
from bench.standin.polling import Polling
from bench.standin.webhook import Webhook
from bench.standin.wire import Connection

TOKEN = "1:bench"  # of nothing
_TRUE = "true"
_NOT_MODIFIED = b'{"ok":false,"error_code":400,"description":"Bad Request: message is not modified"}'


class NotModifiedError(Exception):
    """An edit that changes nothing."""


class Phone(Protocol):
    """Who looks at a chat."""

    def sent(self, message: Message) -> None:
        """The bot sent a message."""
        ...

    def edited(self, message: Message) -> None:
        """The bot changed a message."""
        ...


class Telegram:
    """A server for one bot. With `targets` updates are spread over these addresses instead of the webhook's own.

    Each answer is held back for the latency.
    """

    def __init__(self, latency_seconds: float = 0.0, targets: tuple[str, ...] = ()) -> None:
        self.phones: dict[int, Phone] = {}
        self.unanswered: set[str] = set()  # taps whose phones show a waiting sign
        self.ready = asyncio.Event()  # the bot listens
        self._latency, self._targets = latency_seconds, targets
        self._messages: dict[int, dict[int, Message]] = {}  # by chat, then id
        self._polling = Polling(latency_seconds)
        self._webhook: Webhook | None = None
        self._url = ""
        self._update, self._message = 1000, 0
        self._methods: dict[str, Callable[[Params], str]] = {
            "sendMessage": self._send,
            "sendPhoto": self._send,
            "editMessageText": self._edit,
            "editMessageCaption": self._edit,
            "editMessageReplyMarkup": self._edit,
            "answerCallbackQuery": self._answer_tap,
            "getMe": lambda _: json.dumps(messages.BOT),
            "getWebhookInfo": self._webhook_info,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
        }

    async def serve(self, port: int = 0) -> str:
        """Listen; the address of the Bot API."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self._handle), "127.0.0.1", port)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Stop listening."""
        self._polling.stop()
        self._server.close()

    @property
    def waiting(self) -> int:
        """Updates that the bot has not confirmed."""
        return len(self._webhook) if self._webhook is not None else len(self._polling.pending)

    def write(self, chat: int, text: str) -> None:
        """A patient writes something."""
        self._update += 1
        self._message += 1
        self._push(chat, messages.written(self._update, chat, self._message, text))

    def tap(self, chat: int, message: Message, data: str) -> None:
        """A patient taps on a button that carries this."""
        self._update += 1
        callback = f"c{self._update}"
        self.unanswered.add(callback)
        self._push(chat, messages.tapped(self._update, chat, callback, message, data))

    def forget(self, chat: int) -> None:
        """Nobody looks at this chat any more."""
        self.phones.pop(chat, None)
        self._messages.pop(chat, None)

    def _push(self, chat: int, update: str) -> None:
        if self._webhook is not None:
            self._webhook.push(chat, update)
        else:
            self._polling.push(self._update, update)

    def _handle(self, connection: Connection, path: str, kind: bytes, body: bytes) -> None:
        method, params = path.rpartition("/")[2].partition("?")[0], read_params(kind, body)
        if method == "getUpdates":
            self.ready.set()
            self._polling.get(connection, params)
            return
        try:
            status, answer = 200, f'{{"ok":true,"result":{self._perform(method, params)}}}'.encode()
        except NotModifiedError:
            status, answer = 400, _NOT_MODIFIED
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, connection.reply, answer, status)
        else:
            connection.reply(answer, status)

    def _perform(self, method: str, params: Params) -> str:
        perform = self._methods.get(method)
        return perform(params) if perform else _TRUE

    def _send(self, params: Params) -> str:
        chat, text = int(params["chat_id"]), params.get("text") or params.get("caption") or ""
        self._message += 1
        message = Message(self._message, text, markup_of(params), "photo" in params)
        answer = message.written(chat)
        if phone := self.phones.get(chat):
            self._messages.setdefault(chat, {})[message.id] = message
            phone.sent(message)
        return answer

    def _edit(self, params: Params) -> str:
        chat = int(params["chat_id"])
        message = self._messages.get(chat, {}).get(int(params["message_id"]))
        if message is None:
            return _TRUE
        text, markup = params.get("text") or params.get("caption") or message.text, markup_of(params)
        if (text, markup) == (message.text, message.markup):
            raise NotModifiedError
        message.text, message.markup = text, markup
        answer = message.written(chat)
        self.phones[chat].edited(message)
        return answer

    def _answer_tap(self, params: Params) -> str:
        self.unanswered.discard(params["callback_query_id"])
        return _TRUE

    def _webhook_info(self, _: Params) -> str:
        return json.dumps({"url": self._url, "has_custom_certificate": False, "pending_update_count": self.waiting})

    def _set_webhook(self, params: Params) -> str:
        self._url = str(params["url"])
        if self._webhook is None:
            self._webhook = Webhook(
                self._targets or (self._url,), self._take_back, int(params.get("max_connections") or 40)
            )
        self._webhook.secret = str(params.get("secret_token") or "")
        self.ready.set()
        return _TRUE

    def _delete_webhook(self, _: Params) -> str:
        self._url, self._webhook = "", None
        return _TRUE

    def _take_back(self, answer: dict[str, Any]) -> None:
        """A webhook's answer may itself be a call."""
        self._perform(answer["method"], answer)
