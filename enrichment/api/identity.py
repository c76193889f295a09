"""Two companies that are one, and one that is two: said by an editor, tried first, and undone."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment import companies
from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.directory import ID, company_of, company_out
from enrichment.api.shapes import CompanyOut, Shape
from enrichment.models import Company
from enrichment.workflow import identities
from enrichment.workflow.identities import Change
from salesintel.problems import Problem, problems


def number(words: str, **more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text=words, **more)


class MergeIn(Input):
    """One of `into` and `with`: which of the two is left."""

    into = number("Id of the company that this one becomes.", required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    dryRun = serializers.BooleanField(required=False, default=False, help_text="Say what would move; move nothing.")

    def get_fields(self) -> Any:
        absorbed = number("Id of the company that becomes part of this one.", required=False)
        fields: dict[str, Any] = dict(super().get_fields())
        return {**fields, "with": absorbed}  # a word that Python keeps for itself

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("into" in attrs) == ("with" in attrs):
            raise serializers.ValidationError({"into": ["Give one of “into” and “with”."]})
        return attrs


class SplitIn(Input):
    company = number("Id of the company that was merged into this one.")
    dryRun = serializers.BooleanField(required=False, default=False, help_text="Say what would go back; move nothing.")


class MoveOut(Shape):
    what = serializers.CharField(help_text="Rows, in words: observations, reports, runs as vendor, …")
    moves = serializers.IntegerField()
    stays = serializers.IntegerField(help_text="Rows of which the other has its own already; a split finds them again.")


class ChangeOut(Shape):
    """What a merge or a split did, or would do."""

    company = CompanyOut(help_text="The one that is absorbed, or set free.")
    of = CompanyOut(help_text="The one that is left.")
    moves = MoveOut(many=True)
    dryRun = serializers.BooleanField()


ANSWERS: dict[Any, Any] = {200: ChangeOut, **problems(400, 401, 403, 404, 409, 413, 415, 503)}


class _IdentityView(ScopedView):
    required_scope: ClassVar[str] = "admin"

    def company(self, request: Request, company_id: int) -> Company:
        if not caller_of(request).has_perm(identities.RIGHT):
            raise PermissionDenied("You lack the right to merge companies; an admin grants it.")
        return company_of(company_id, request)


class MergeView(_IdentityView):
    @extend_schema(
        operation_id="merge_companies", tags=["companies"], parameters=[ID], request=MergeIn, responses=ANSWERS
    )
    def post(self, request: Request, company_id: int) -> Response:
        """Make two companies one: names, facts, evidence, reports, requests and runs go over; a split undoes it."""
        this = self.company(request, company_id)
        given = MergeIn.parse(request.data).validated_data
        other = company_of(given.get("into") or given["with"], request)
        company, into = (this, other) if "into" in given else (other, this)
        try:
            done = identities.merge(
                company, into=into, by=caller_of(request), reason=given["reason"], is_trial=given["dryRun"]
            )
        except identities.SameCompany as error:
            raise Problem(409, str(error)) from error
        return Response(_told(done))


class SplitView(_IdentityView):
    @extend_schema(
        operation_id="split_companies", tags=["companies"], parameters=[ID], request=SplitIn, responses=ANSWERS
    )
    def post(self, request: Request, company_id: int) -> Response:
        """Undo a merge: what was the absorbed company's goes back, and what was asked for it since."""
        left = self.company(request, company_id)
        given = SplitIn.parse(request.data).validated_data
        company = Company.objects.filter(pk=given["company"]).first()
        if company is None or company.pk == left.pk or companies.canonical(company) != left:
            raise Problem(409, f"Company {given['company']} is no part of {left.name}; see its “mergedFrom”.")
        try:
            done = identities.split(company, by=caller_of(request), is_trial=given["dryRun"])
        except companies.NotMerged as error:
            raise Problem(409, str(error)) from error
        return Response(_told(done))


def _told(done: Change) -> dict[str, Any]:
    return {
        "company": company_out(done.company),
        "of": company_out(done.of),
        "moves": [{"what": line.what, "moves": line.moves, "stays": line.stays} for line in done.lines],
        "dryRun": done.is_tried,
    }
