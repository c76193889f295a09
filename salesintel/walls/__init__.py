"""The second wall around people's records: on PostgreSQL the database itself shows nobody another's rows.

The first wall is in the queries (`visible_to`). Should one forget it, row-level security still lets through only what
the scope of the moment may see: whoever sent the request, the owner for whom something is done (`owner_scope`), or, in
what looks after everybody's records, all of them (`system_scope`). Outside of a scope there are no rows. `scope.py`
keeps it, `stamping.py` tells it to the database with each statement; what it opens is said by the app whose tables they
are (`personas/walls`). SQLite has no such thing: there the first wall stands alone.
"""

from salesintel.walls.scope import acting_for, owner_scope, system_scope

__all__ = ["acting_for", "owner_scope", "system_scope"]
