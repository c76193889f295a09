"""Plans before anything is bought, by today's rules or by edited ones; and edited rules tried on past runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.asking import as_problems
from enrichment.api.asks import PlanIn, ReplayIn
from enrichment.api.base import ScopedView, caller_of
from enrichment.api.plan_shapes import ExplanationOut, WhatIfOut
from enrichment.api.research import RUN
from enrichment.rules.edits import InvalidEdit
from enrichment.workflow.explaining import explain
from enrichment.workflow.whatif import what_if
from enrichment.workflow.whatif_json import effect_to_json
from salesintel.problems import Problem, invalid, problems

MAY_EDIT_RULES = "enrichment.change_datasetsource"
ANSWER = PolymorphicProxySerializer(
    component_name="PlanOrWhatIf", serializers=[ExplanationOut, WhatIfOut], resource_type_field_name=None
)


class PlansView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="explain_plan",
        tags=["runs"],
        request=PlanIn,
        responses={200: ANSWER, **problems(400, 401, 403, 409, 413, 415, 422, 503)},
    )
    def post(self, request: Request) -> Response:
        """What a run with this body would buy and why, what it would not and why not, and the quote. Buys nothing.

        With `rules` by edited rows, and with `replay` what those would have meant for past runs. Both are for people
        who may edit rules; a key needs the scope `admin`. Nothing is saved.
        """
        body = PlanIn.parse(request.data)
        given = body.validated_data
        if "rules" in given or "replay" in given:
            _refuse_who_may_not_edit(request)
        with _edits_as_problems():
            if "replay" in given:
                return Response(effect_to_json(what_if(given.get("rules", {}), ReplayIn.past(given["replay"]))))
            ask = body.ask()
            with as_problems(ask, RUN):
                return Response(explain(ask, by=caller_of(request), edits=given.get("rules")))


def _refuse_who_may_not_edit(request: Request) -> None:
    if request.auth is not None and "admin" not in getattr(request.auth, "scopes", ()):
        raise Problem(403, "Trying edited rules needs a key with the scope admin.")
    if not caller_of(request).has_perm(MAY_EDIT_RULES):
        raise Problem(403, "Only who may edit rules may try edited ones.")


@contextmanager
def _edits_as_problems() -> Iterator[None]:
    try:
        yield
    except InvalidEdit as error:
        errors = {f"rules.{place}".removesuffix(".rules"): words for place, words in error.errors.items()}
        raise invalid(errors) from error
