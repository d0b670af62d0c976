"""The questions on aiogram-dialog, with Redis and updates of a chat one by one."""

from __future__ import annotations

import asyncio
from operator import itemgetter
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import DefaultKeyBuilder
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.kbd import Button, Column, Select
from aiogram_dialog.widgets.text import Const, Format
from given import AGAIN, QUESTIONS, REDIS, SERVER, TOKEN, result, settled

STATES = [State() for _ in QUESTIONS]
RESULT = State()
Questions = type("Questions", (StatesGroup,), {f"question_{n}": s for n, s in enumerate(STATES)} | {"result": RESULT})
router = Router()


@router.message(CommandStart())
async def start(_: Message, dialog_manager: DialogManager) -> None:
    """The first question."""
    await dialog_manager.start(STATES[0], mode=StartMode.RESET_STACK)


async def answered(query: CallbackQuery, _: Any, manager: DialogManager, item: str) -> None:
    """Keep the answer, and ask what comes next."""
    number = STATES.index(manager.current_context().state)
    manager.dialog_data[str(number)] = int(item)
    await query.message.edit_text(settled(number, int(item)))
    await manager.switch_to([*STATES, RESULT][number + 1], show_mode=ShowMode.SEND)


async def outcome(dialog_manager: DialogManager, **_: Any) -> dict[str, str]:
    """What the last window shows."""
    return {"result": result(dialog_manager.dialog_data[str(n)] for n in range(len(QUESTIONS)))}


def window(number: int) -> Window:
    """A question."""
    text, labels = QUESTIONS[number]
    items = [(label, str(i)) for i, label in enumerate(labels)]
    choices = Select(Format("{item[0]}"), id="choice", item_id_getter=itemgetter(1), items=items, on_click=answered)
    return Window(Const(text), Column(choices), state=STATES[number])


async def main() -> None:
    """Run until stopped."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(SERVER))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    storage = RedisStorage.from_url(REDIS, key_builder=DefaultKeyBuilder(with_destiny=True))
    dispatcher = Dispatcher(storage=storage, events_isolation=SimpleEventIsolation())
    last = Window(Format("{result}"), Button(Const(AGAIN), id="again"), state=RESULT, getter=outcome)
    dispatcher.include_router(router)
    dispatcher.include_router(Dialog(*map(window, range(len(QUESTIONS))), last))
    setup_dialogs(dispatcher)
    await dispatcher.start_polling(bot)


asyncio.run(main())
