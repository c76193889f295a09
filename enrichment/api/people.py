"""People at companies: what is known of them, everything that is held, and their right not to be known here."""

from collections.abc import Iterable
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.shapes import Shape
from enrichment.models import Erasure
from enrichment.people import claims, known
from enrichment.people.known import Person
from enrichment.people.optouts import Marks, NoMark
from enrichment.workflow import erasing
from enrichment.workflow.holding import exported
from salesintel.declared import Declared
from salesintel.problems import Problem, problems

RIGHT = "enrichment.erase_person"
ID = OpenApiParameter("person_id", str, "path", description="As the list of people at a company gives it.")


class PeopleIn(Input):
    company = serializers.CharField(max_length=253, help_text="A domain, or a name.")


class OptOutIn(Input):
    """By what somebody is recognised; a name counts at its company."""

    email = serializers.EmailField(required=False)
    profileUrl = serializers.CharField(required=False, max_length=1000)
    name = serializers.CharField(required=False, max_length=200)
    company = serializers.CharField(required=False, max_length=253, help_text="Its domain, or its name.")


class KnownItemOut(Shape):
    title = serializers.CharField()
    url = serializers.CharField()
    publisher = serializers.CharField()


class SaidOut(Shape):
    dataset = serializers.CharField()
    source: Declared = serializers.CharField(help_text="Slug of the source, or “correction”.")
    value = serializers.JSONField(help_text="What it says, in the shape of the dataset.")
    observedAt = serializers.DateTimeField()
    evidence = KnownItemOut(many=True)


class PersonOut(Shape):
    id = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    profileUrl = serializers.CharField(allow_null=True)
    company = serializers.CharField()
    companyDomain = serializers.CharField(allow_null=True)
    said = SaidOut(many=True, help_text="Every claim, newest first.")
    sandbox = serializers.BooleanField()


class PeopleOut(Shape):
    results = PersonOut(many=True)
    sandbox = serializers.BooleanField()


class HeldOut(Shape):
    """A part of a row that names the person; purpose and basis are the registry's."""

    table = serializers.CharField()
    column = serializers.CharField()
    row = serializers.CharField()
    pointer = serializers.CharField(help_text="JSON Pointer into the column; empty for all of it.")
    value = serializers.JSONField()
    source: Declared = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    purpose = serializers.CharField()
    lawfulBasis = serializers.CharField()
    kept = serializers.CharField()


class ExportOut(Shape):
    person = PersonOut()
    held = HeldOut(many=True)
    sandbox = serializers.BooleanField()


class OptedOutOut(Shape):
    erased = serializers.IntegerField(help_text="Rows that were deleted or redacted.")
    finished = serializers.BooleanField(help_text="False while runs go on that began before; it is done by itself.")


class PeopleView(ScopedView):
    required_scope = "read"
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_people",
        tags=["people"],
        parameters=[OpenApiParameter("company", str, required=True, description="A domain, or a name.")],
        responses={200: PeopleOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Whom we know at a company, with every claim about them."""
        company = PeopleIn.parse(request.query_params.dict()).validated_data["company"]
        people = [each for found in known.companies_of(Marks(companies=(company,))) for each in known.at(found)]
        return Response({"results": [_person(each) for each in people], "sandbox": _is_sandbox(people)})


class PersonView(ScopedView):
    required_scope = "read"
    cache_control = "private, no-store"
    scopes: ClassVar[dict[str, str]] = {"DELETE": "admin"}

    @extend_schema(
        operation_id="get_person",
        tags=["people"],
        parameters=[ID],
        responses={200: PersonOut, **problems(400, 401, 403, 404, 503)},
    )
    def get(self, request: Request, person_id: str) -> Response:
        """What is known of one person: every claim with its source, its age and its evidence."""
        return Response(_person(_found(person_id)))

    @extend_schema(
        operation_id="erase_person",
        tags=["people"],
        parameters=[ID],
        responses={204: None, **problems(400, 401, 403, 404, 409, 503)},
    )
    def delete(self, request: Request, person_id: str) -> Response:
        """Forget a person, and never collect them again. The id leads nowhere from then on: asking again is a 404.

        409 for who is somebody's contact: they are erased there, or opted out here.
        """
        _may_erase(request)
        person = _found(person_id)
        _refuse_contacts(person)
        erasing.erase(person, by=caller_of(request))
        return Response(status=204)


class PersonExportView(ScopedView):
    required_scope = "admin"
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="export_person",
        tags=["people"],
        parameters=[ID],
        responses={200: ExportOut, **problems(400, 401, 403, 404, 503)},
    )
    def get(self, request: Request, person_id: str) -> Response:
        """Everything that is held about one person, wherever it stands."""
        _may_erase(request)
        person = _found(person_id)
        return Response({"person": _person(person), "held": exported(person), "sandbox": _is_sandbox([person])})


class OptOutsView(ScopedView):
    required_scope = "admin"

    @extend_schema(
        operation_id="opt_out",
        tags=["people"],
        request=OptOutIn,
        responses={200: OptedOutOut, **problems(400, 401, 403, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Never collect whoever has these marks, and forget what is known of them. The marks are kept as digests."""
        _may_erase(request)
        given = OptOutIn.parse(request.data).validated_data
        person = Marks.given(profile=given.pop("profileUrl", ""), **given)
        try:
            done = erasing.opt_out(person, by=caller_of(request))
        except NoMark as error:
            raise Problem(400, str(error)) from error
        return Response({"erased": _rows(done), "finished": all(each.finished for each in done)})


def _may_erase(request: Request) -> None:
    if not caller_of(request).has_perm(RIGHT):
        raise PermissionDenied("You lack the right to erase people; an admin grants it.")


def _refuse_contacts(person: Person) -> None:
    """Raises `Problem` for who is somebody's contact."""
    found = person.marks()
    if claims.is_claimed(found.emails, found.names, [person.company.pk]):
        words = (
            "Somebody here keeps this person as a contact, and erases them with DELETE /api/v1/contacts/{id}."
            " POST /api/v1/people/opt-outs forgets what sources said of them, and leaves the contact."
        )
        raise Problem(409, words)


def _found(person_id: str) -> Person:
    person = known.find(person_id)
    if person is None:
        raise NotFound("We know nobody by this id.")
    return person


def _rows(done: Iterable[Erasure]) -> int:
    return sum(count for each in done for count in each.counts.values())


def _is_sandbox(people: Iterable[Person]) -> bool:
    return any(said.origin == "sandbox" for person in people for said in person.said)


def _person(person: Person) -> dict[str, Any]:
    def newest(name: str) -> str | None:
        return next(iter(person.texts(name)), None)

    return {
        "id": person.id,
        "name": person.name,
        "title": newest("title"),
        "email": newest("email"),
        "profileUrl": newest("profile_url"),
        "company": person.company.name,
        "companyDomain": person.company.domain,
        "said": [
            {
                "dataset": said.dataset,
                "source": said.source,
                "value": said.value,
                "observedAt": said.at,
                "evidence": said.evidence,
            }
            for said in person.said
        ],
        "sandbox": _is_sandbox([person]),
    }
