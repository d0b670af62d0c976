"""A guided conversation for people whose physical therapy is not working."""

__version__ = "0.1.0"
