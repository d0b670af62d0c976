"""Simulated people on the other side of the chat."""
