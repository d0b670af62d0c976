"""The questions on python-telegram-bot: ConversationHandler with PicklePersistence."""

from __future__ import annotations

import warnings

from given import AGAIN, FOLDER, QUESTIONS, SERVER, TOKEN, result, settled
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    PicklePersistence,
)
from telegram.warnings import PTBUserWarning


def keyboard(number: int) -> InlineKeyboardMarkup:
    """The choices of a question."""
    labels = enumerate(QUESTIONS[number][1])
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"{number}:{i}")] for i, label in labels])


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """The first question."""
    context.user_data.clear()
    await update.message.reply_text(QUESTIONS[0][0], ParseMode.HTML, reply_markup=keyboard(0))
    return 0


async def answered(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Keep the answer, and ask what comes next."""
    query = update.callback_query
    await query.answer()
    number, picked = map(int, query.data.split(":"))
    context.user_data[number] = picked
    await query.edit_message_text(settled(number, picked), ParseMode.HTML)
    if number + 1 < len(QUESTIONS):
        await query.message.reply_text(QUESTIONS[number + 1][0], ParseMode.HTML, reply_markup=keyboard(number + 1))
        return number + 1
    again = InlineKeyboardMarkup([[InlineKeyboardButton(AGAIN, callback_data="again")]])
    picks = (context.user_data[n] for n in range(len(QUESTIONS)))
    await query.message.reply_text(result(picks), ParseMode.HTML, reply_markup=again)
    return ConversationHandler.END


def main() -> None:
    """Run until stopped."""
    warnings.filterwarnings("ignore", category=PTBUserWarning)  # per_message: the states keep questions apart
    persistence = PicklePersistence(FOLDER / "ptb.pickle")
    application = Application.builder().token(TOKEN).base_url(f"{SERVER}/bot").persistence(persistence).build()
    states = {n: [CallbackQueryHandler(answered, pattern=f"^{n}:")] for n in range(len(QUESTIONS))}
    begin = CommandHandler("start", start)
    conversation = ConversationHandler([begin], states, [begin], name="questions", persistent=True)
    application.add_handler(conversation)
    application.run_polling(allowed_updates=Update.ALL_TYPES)


main()
