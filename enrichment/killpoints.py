"""Places where a trial may kill the process: compiled in, armed by name, and only outside production.

`SALESINTEL_KILL=after_answer:2` dies by SIGKILL at the second time that `after_answer` is reached, and
`SALESINTEL_KILL=after_answer@acme.com` whenever it is reached on behalf of that company. In the order of a run:

    after_lease    a driver has leased runs
    before_intent  a source is to be called; inside_intent: the reservation is written, not committed
    after_intent   the reservation is committed, nothing is sent
    after_start    a long job was begun, and its id is here and nowhere else
    after_job      a long job's id is stored
    after_answer   the answer is here and nowhere else
    inside_record  the answer is written, not committed
    after_record   the answer is stored
    inside_wave    the wave's outcome and the next step are written, not committed; after_wave: they are stored
    after_draft    an engine has answered; after_analysis: its answer is stored, the report is not
    inside_store   the report is written, not committed; after_store: the run has ended

Of a list that is worked off:

    after_choose   money is held for a line, and nobody has asked for it
    after_ask      its request is there, and the line does not know it; inside_end: it ended, not committed

Of a conversation: after_take, a question is stored, and nobody has looked at it.

And of a delivery: after_post, the receiver has answered, and nobody has written it down.
"""

import os
import signal

from django.conf import settings

_seen: dict[str, int] = {}


def reach(point: str, about: str | None = None) -> None:
    """Die here if this point is armed, for `about` or for all, and reached often enough."""
    armed = settings.KILL_POINT
    if not armed:
        return
    place, _, times = armed.partition(":")
    name, _, whose = place.partition("@")
    if name != point or whose not in ("", about):
        return
    _seen[point] = _seen.get(point, 0) + 1
    if _seen[point] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
