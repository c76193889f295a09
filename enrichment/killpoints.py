"""Places where a trial may kill the process: compiled in, armed by name, and only outside production.

`SALESINTEL_KILL=after_answer:2` dies by SIGKILL at the second time that `after_answer` is reached.
"""

import os
import signal

from django.conf import settings

_seen: dict[str, int] = {}


def reach(point: str) -> None:
    """Die here if this point is armed and reached often enough."""
    armed = settings.KILL_POINT
    if not armed:
        return
    name, _, times = armed.partition(":")
    if name != point:
        return
    _seen[point] = _seen.get(point, 0) + 1
    if _seen[point] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
