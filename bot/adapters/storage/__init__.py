"""Where conversations are kept: SQLite or PostgreSQL, by SQLAlchemy Core."""
