"""To which shared company a record belongs. Of what a rep wrote nothing but a domain goes there."""

from dataclasses import dataclass, field

from enrichment.door import IdentityError, company_of_record, whom
from enrichment.models import Company
from personas.marks import email_domain
from personas.records.saving import Refused
from salesintel.accounts.models import User


@dataclass(slots=True)
class Companies:
    """Finds companies for one owner; each text is looked up once."""

    owner: User
    known: dict[tuple[str, str], Company | None] = field(default_factory=dict)

    def of(self, *, name: str = "", domain: str = "", email: str = "") -> Company | None:
        """The company of that domain, made for the owner alone; else one that is known by the name or the mail host.

        Raises `Refused` for a domain that is no company's.
        """
        if domain:
            return self._once("domain", domain)
        named = self._once("name", name) if name else None
        return named or (self._once("host", email_domain(email)) if email_domain(email) else None)

    def _once(self, kind: str, text: str) -> Company | None:
        key = (kind, text.casefold())
        if key not in self.known:
            self.known[key] = self._made(text) if kind == "domain" else whom(text, by=self.owner).company
        return self.known[key]

    def _made(self, domain: str) -> Company:
        try:
            # The name that the rep's CRM has for it stays with the contact: it may say what others must not read.
            return company_of_record(domain, by=self.owner)
        except IdentityError as error:
            raise Refused("company_domain", f"“{domain[:80]}” is no company's domain; give one as acme.com.") from error
