"""`manage.py qcluster`: the cluster of workers, as django-q2 starts it, without loading pages and admin."""

from django_q.management.commands import qcluster

from salesintel.commands import LeanCommand


class Command(LeanCommand, qcluster.Command):
    """django-q2's own, but for the checks."""
