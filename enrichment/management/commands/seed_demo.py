"""`manage.py seed_demo`: let the product know the companies of the sandbox's invented world by name and domain."""

from enrichment import companies
from enrichment.sandbox import world
from salesintel.commands import LeanCommand


class Command(LeanCommand):
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
