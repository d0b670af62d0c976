"""The questions on aiogram: its finite state machine with Redis."""

from __future__ import annotations

import asyncio

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from given import AGAIN, QUESTIONS, REDIS, SERVER, TOKEN, result, settled

STATES = [State() for _ in QUESTIONS]
Questions = type("Questions", (StatesGroup,), {f"question_{n}": state for n, state in enumerate(STATES)})
router = Router()


def keyboard(number: int) -> InlineKeyboardMarkup:
    """The choices of a question."""
    keys = [
        [InlineKeyboardButton(text=label, callback_data=f"{number}:{i}")]
        for i, label in enumerate(QUESTIONS[number][1])
    ]
    return InlineKeyboardMarkup(inline_keyboard=keys)


@router.message(CommandStart())
async def start(message: Message, state: FSMContext) -> None:
    """The first question."""
    await state.clear()
    await state.set_state(STATES[0])
    await message.answer(QUESTIONS[0][0], reply_markup=keyboard(0))


async def answered(query: CallbackQuery, state: FSMContext) -> None:
    """Keep the answer, and ask what comes next."""
    await query.answer()
    number, picked = map(int, query.data.split(":"))
    data = await state.update_data({str(number): picked})
    await query.message.edit_text(settled(number, picked))
    if number + 1 < len(QUESTIONS):
        await state.set_state(STATES[number + 1])
        await query.message.answer(QUESTIONS[number + 1][0], reply_markup=keyboard(number + 1))
        return
    await state.clear()
    again = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=AGAIN, callback_data="again")]])
    await query.message.answer(result(data[str(n)] for n in range(len(QUESTIONS))), reply_markup=again)


async def main() -> None:
    """Run until stopped."""
    for number, state in enumerate(STATES):
        router.callback_query.register(answered, state, F.data.startswith(f"{number}:"))
    session = AiohttpSession(api=TelegramAPIServer.from_base(SERVER))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    dispatcher = Dispatcher(storage=RedisStorage.from_url(REDIS))
    dispatcher.include_router(router)
    await dispatcher.start_polling(bot)


asyncio.run(main())
