"""Acting as a person over HTTP, for benches that run the server as a process of its own."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from tests.botapi.people.patient import Patient

if TYPE_CHECKING:
    from tests.botapi.server import BotApiServer


def add_control(app: web.Application, server: "BotApiServer") -> None:
    """POST an update, or a text to say, start with or tap; GET a chat's messages or the violations."""
    control = _Control(server)
    app.router.add_post("/control/update", control.update)
    app.router.add_post("/control/chats/{chat_id}/{act:start|say|tap}", control.act)
    app.router.add_get("/control/chats/{chat_id}", control.messages)
    app.router.add_get("/control/violations", control.violations)


class _Control:
    def __init__(self, server: "BotApiServer") -> None:
        self.server = server

    async def update(self, request: web.Request) -> web.Response:
        return web.json_response(self.server.push_update(await request.json()))

    async def act(self, request: web.Request) -> web.Response:
        act = getattr(self._patient(request), request.match_info["act"])
        try:
            await act(await request.text())
        except AssertionError as impossible:
            return web.json_response(str(impossible), status=409)
        return web.json_response(True)

    async def messages(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(seen) for seen in self._patient(request).messages])

    async def violations(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(violation) for violation in self.server.violations])

    def _patient(self, request: web.Request) -> Patient:
        return Patient(self.server, int(request.match_info["chat_id"]))
