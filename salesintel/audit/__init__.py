"""The audit log: who changed what, by which way, when. Append-only, and chained so that tampering shows.

Rows of the models in `scope.py` are recorded by themselves (`capture.py`, `querysets.py`). What a row does not show by
itself (a cancelled run, an erased person, a replayed delivery) is told with `audit.record(...)`, in the transaction of
the change. Whoever is not answering a request says how it came to act with `audit.acting(...)`.
"""

from salesintel.audit.context import Via, acting
from salesintel.audit.recording import record, record_each

__all__ = ["Via", "acting", "record", "record_each"]
