"""Life signs over HTTP: whether the bot lives, whether it is ready, and what monitoring counts."""
