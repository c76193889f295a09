"""`manage.py seed_demo`: let the product know the companies of the sandbox's invented world by name and domain."""

from django.core.management.base import BaseCommand

from enrichment import companies
from enrichment.sandbox import world


class Command(BaseCommand):
    help = "Register the demo world's companies. Run again it changes nothing; facts come from the sandbox, on request."

    def handle(self, *args: object, **options: object) -> None:
        known = companies.register_all(
            companies.Listing(
                name=company.name,
                domain=company.domain,
                tickers=(company.ticker,) if company.ticker else (),
                aliases=company.aliases,
            )
            for company in world.companies()
        )
        self.stdout.write(f"The demo world has {len(known)} companies.")
