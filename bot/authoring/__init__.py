"""Tools for the people who write flows: check, assess, transcripts, clinics' links."""
