"""Contacts and personas in the admin: the policy to edit; of people's records only that there are any."""

from personas.admin import benchmarks, hooks, imports, policy, records, retrieval, trials

__all__ = ["benchmarks", "hooks", "imports", "policy", "records", "retrieval", "trials"]
