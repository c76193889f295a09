"""Starting work: a brief on a customer, a vendor's context, any consumer's run."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.asking import research
from enrichment.api.asks import CompanyIn, CustomerIntelligenceIn, RunIn, VendorContextIn, VendorEnrichIn
from enrichment.api.base import ScopedView
from enrichment.api.prefer import LONGEST_WAIT
from enrichment.api.shapes import AcceptedOut, EnvelopeOut, VendorContextOut
from enrichment.workflow import answers
from salesintel.problems import problems

PREFER = OpenApiParameter("Prefer", str, "header", description="`wait=N`: wait up to N seconds (at most 30) for a 200.")
KEY = OpenApiParameter(
    "Idempotency-Key", str, "header", description="Your name for this request; with the same body the same answer."
)
STARTS = problems(400, 401, 403, 409, 413, 415, 422, 503)

# What the body calls the fields of `Ask`.
LIMITS = {"max_cost": "maxCost", "max_age": "maxAge"}
CUSTOMER = LIMITS | {
    "company": "prospectCompany",
    "company_domain": "prospectDomain",
    "vendor": "vendorCompany",
    "vendor_domain": "vendorDomain",
    "role": "userPersona.role",
}
VENDOR = LIMITS | {"company": "domain", "role": "userRole"}
ENRICH = LIMITS | {"company": "companyName", "company_domain": "companyDomain"}
RUN = LIMITS | {"company_domain": "companyDomain", "vendor_domain": "vendorDomain"}


class CustomerIntelligenceView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="customer_intelligence",
        tags=["research"],
        request=CustomerIntelligenceIn,
        parameters=[PREFER, KEY],
        responses={200: EnvelopeOut, 202: AcceptedOut, **STARTS},
    )
    def post(self, request: Request) -> Response:
        """A grounded brief on a prospect, for a vendor's rep: 200 if it is there, else 202 and it is being made."""
        ask = CustomerIntelligenceIn.parse(request.data).ask()
        return research(request, ask, wire=CUSTOMER, render=answers.envelope_json)


class VendorContextView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="vendor_context",
        tags=["research"],
        request=VendorContextIn,
        parameters=[
            OpenApiParameter("domain", str, "path", description="The vendor's domain, name or URL; percent-encoded."),
            PREFER,
            KEY,
        ],
        responses={200: VendorContextOut, 202: AcceptedOut, **STARTS, **problems(404)},
    )
    def post(self, request: Request, domain: str) -> Response:
        """What a vendor sells, to whom, against whom. Waits 30 s for it, unless `Prefer` says otherwise."""
        company = CompanyIn.parse({"domain": domain}).validated_data["domain"]
        ask = VendorContextIn.parse(request.data).ask(company)
        return research(request, ask, wire=VENDOR, render=answers.vendor_answer, wait=LONGEST_WAIT)


class VendorEnrichView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="vendor_enrich",
        tags=["research"],
        request=VendorEnrichIn,
        parameters=[PREFER, KEY],
        responses={200: EnvelopeOut, 202: AcceptedOut, **STARTS},
    )
    def post(self, request: Request) -> Response:
        """What is kept on record of a company: firmographics, contacts, technologies, news."""
        ask = VendorEnrichIn.parse(request.data).ask()
        return research(request, ask, wire=ENRICH, render=answers.envelope_json)


class RunsView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="start_run",
        tags=["runs"],
        request=RunIn,
        parameters=[PREFER, KEY],
        responses={200: EnvelopeOut, 202: AcceptedOut, **STARTS},
    )
    def post(self, request: Request) -> Response:
        """Collect and write up what any consumer needs, those that an admin made included."""
        return research(request, RunIn.parse(request.data).ask(), wire=RUN, render=answers.envelope_json)
