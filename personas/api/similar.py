"""Who is like a contact."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from personas.api.reaching import READS, SCOPE, seen_contact
from personas.api.similar_shapes import SimilarContactsOut, SimilarIn, similar_told
from personas.likeness.similar import similar_to
from salesintel.problems import problems


class SimilarContactsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="similar_contacts",
        tags=["contacts"],
        parameters=[SimilarIn],
        responses={200: SimilarContactsOut, **READS, **problems(400)},
    )
    def get(self, request: Request, contact_id: UUID) -> Response:
        """Contacts that you may see who behave as this one does and write of the same, each with the reasons.

        Behaviours are metrics on one scale; one that is not known well enough counts for nothing. Profiles follow what
        happens within minutes, or a day where little is new.
        """
        contact = seen_contact(request, contact_id)
        limit = SimilarIn.parse(request.query_params).validated_data["limit"]
        return Response(similar_told(contact, similar_to(contact, user=caller_of(request), limit=limit)))
