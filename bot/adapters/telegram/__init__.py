"""The Telegram edge: polling, reading what people do, showing what the engine says, delivering it."""
