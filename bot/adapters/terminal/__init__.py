"""The same conversation by keyboard: for a person at a terminal, and line by line for programs."""
