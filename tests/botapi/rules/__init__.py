"""What Telegram accepts and what it answers to the rest."""
