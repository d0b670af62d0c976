"""A stand-in for Telegram, fast enough to load a bot, and patients who follow a script.

It checks what patients see, not the rules of the Bot API: tests/botapi is the strict one.
"""
