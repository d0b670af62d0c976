"""The schema's history. A new revision is a new file in versions/, and its name at the end of REVISIONS.

A new format of the session's JSON needs a revision too, if an empty one, so that an older program refuses to start
instead of stumbling over every patient.

The names stand here too so that a start with nothing to do need not load Alembic, which takes longer than the rest.
"""

REVISIONS = ("0001", "0002", "0003")  # oldest first
VERSION_TABLE = "ptbot_schema"  # not Alembic's usual name, which another program in the same database may use
