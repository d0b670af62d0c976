"""Where conversations are kept: SQLite or PostgreSQL. SQLAlchemy Core makes the statements, the driver carries them."""
