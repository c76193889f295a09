"""What becomes of the mails that we send."""

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from personas.history import Terms
from personas.metrics import intervals
from personas.metrics.model import PER_MAIL, SHARE, Measured, Weighted, counted, estimated, untracked
from personas.metrics.sorting import SETTLES, Sent, Sorted, are_tracked

_DAY = 86_400.0


def mails(found: Sorted, terms: Terms) -> dict[str, Measured]:
    """Rates over the delivered mails of ours that are a day old or more: a younger one has not had its chance.

    Unique: the share of mails with at least one open, click or reply by a person. Total: opens or clicks per mail.
    Engagement: the share with at least one of the three. Of opens and clicks there is no figure where none of the mails
    was tracked (`are_tracked`). What a machine did counts nowhere but in `machineOpens`.
    """
    old = [mail for mail in found.sent if terms.now - mail.moment.at >= SETTLES]
    delivered = [mail for mail in old if not mail.is_bounced]

    is_tracked = are_tracked(found.sent)

    def looked(figure: Measured) -> Measured:
        return figure if is_tracked else untracked(figure.n, figure.unit)

    def share_with(has: Callable[[Sent], object]) -> Measured:
        return share([bool(has(mail)) for mail in delivered], [mail.moment.at for mail in delivered], terms)

    return {
        "emailsSent": counted(len(found.sent)),
        "emailEngagementRate": share_with(lambda mail: mail.is_engaged),
        "emailOpenRate": looked(share_with(lambda mail: mail.opens)),
        "emailClickRate": looked(share_with(lambda mail: mail.clicks)),
        "emailReplyRate": share_with(lambda mail: mail.replies),
        "emailBounceRate": share([mail.is_bounced for mail in old], [mail.moment.at for mail in old], terms),
        "emailOpensPerMail": looked(per_mail([mail.opens for mail in delivered], terms)),
        "emailClicksPerMail": looked(per_mail([mail.clicks for mail in delivered], terms)),
        "emailOpens": counted(sum(mail.opens for mail in found.sent)),
        "emailClicks": counted(sum(mail.clicks for mail in found.sent)),
        "emailReplies": counted(sum(mail.replies for mail in found.sent)),
        "machineOpens": counted(sum(mail.by_machine for mail in found.sent)),
    }


def share(hits: Sequence[bool], at: Sequence[datetime], terms: Terms) -> Measured:
    """The share of hits with Wilson's interval; beside it weighted by age, with Wilson's at the effective n."""
    n = len(hits)
    if n < terms.enough:
        return estimated(None, (None, None), n=n, unit=SHARE, terms=terms)
    hit = np.array(hits, dtype=float)
    return estimated(
        float(hit.mean()),
        intervals.wilson(float(hit.sum()), n),
        n=n,
        unit=SHARE,
        terms=terms,
        weighted=_weighted(hit, weights_of(at, terms)),
    )


def weights_of(at: Sequence[datetime], terms: Terms) -> intervals.Floats:
    """How much each moment weighs now: 1 for this one, half of it for one that is a half-life older."""
    now = terms.now.timestamp()
    ages = np.array([now - each.timestamp() for each in at]) / _DAY
    return intervals.weights(ages, terms.half_life.total_seconds() / _DAY)


def _weighted(hit: intervals.Floats, weight: intervals.Floats) -> Weighted | None:
    n = intervals.effective(weight)
    if not n:  # so old that nothing weighs anything
        return None
    value = min(1.0, float((weight * hit).sum() / weight.sum()))
    low, high = intervals.wilson(value * n, n)
    return Weighted(value=value, n=n, low=low, high=high)


def per_mail(counts: Sequence[int], terms: Terms) -> Measured:
    """The mean, with Student's t interval cut at 0."""
    values = np.array(counts, dtype=float)
    value = float(values.mean()) if len(values) else None
    return estimated(value, intervals.mean(values, least=0.0), n=len(values), unit=PER_MAIL, terms=terms)
