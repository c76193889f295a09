"""Any key that is not empty is good, but for these: what goes wrong with a real key, on demand.

Snov knows them as the client secret.
"""

WRONG = "wrong-key"  # refused
RUN_OUT = "run-out-key"  # nothing left to spend
HOURLY = "hourly-key"  # asked too often this hour, though something is left
DELETED = "deleted-key"  # its account is gone
EXPIRING = "expiring-key"  # each token is good for two calls
LIMITED = "limited-key"  # the provider's own rate limit is enforced
FREE = "free-key"  # of a plan that does not include the call
NARROW = "narrow-key"  # may not ask for the account
