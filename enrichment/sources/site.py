"""A visited site, read once: its pages as views, their JSON-LD, and evidence of each page. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pydantic import field_validator

from enrichment.sources.base import CompanyRef
from enrichment.sources.linked_data import Node, Organization, nodes_of, organization_in
from enrichment.sources.markup import LONGEST, Section, View, sections, view_of
from enrichment.sources.naming import registrable
from enrichment.sources.reading import Lenient, Object, Objects, Text, Url, each
from enrichment.sources.sheet import Sheet


class Stored(Lenient):
    """A page of the bundle."""

    kind: Text = ""
    url: Url = ""
    headers: Object = {}
    html: str = ""

    @field_validator("html", mode="before")
    @classmethod
    def _bounded(cls, value: object) -> str:
        return value[:LONGEST] if isinstance(value, str) else ""


@dataclass(frozen=True)
class SitePage:
    """One page of the site."""

    kind: str
    url: str
    headers: dict[str, str]
    html: str

    @cached_property
    def view(self) -> View:
        return view_of(self.html, self.url)

    @cached_property
    def sections(self) -> list[Section]:
        return sections(self.view)

    @cached_property
    def nodes(self) -> list[Node]:
        return nodes_of(self.view.linked_data)

    @property
    def sheet(self) -> Sheet:
        """Evidence from this page."""
        return Sheet(
            title=self.view.title or self.url, url=self.url, publisher=registrable(self.url) or "", kind="page"
        )


@dataclass(frozen=True)
class Site:
    """The pages that were read, and whose they are."""

    pages: tuple[SitePage, ...]
    company: CompanyRef
    fetched_at: datetime

    @classmethod
    def of(cls, bundle: "Bundle", company: CompanyRef, fetched_at: datetime) -> "Site":
        stored = [page for page in each(Stored, bundle.pages) if page.url and page.html]
        pages = tuple(SitePage(page.kind, page.url, _texts(page.headers), page.html) for page in stored[:10])
        return cls(pages, company, fetched_at)

    def of_kind(self, *kinds: str) -> Iterable[SitePage]:
        """The pages of these kinds, in the order of the kinds."""
        return (page for kind in kinds for page in self.pages if page.kind == kind)

    @cached_property
    def organization(self) -> tuple[Organization, SitePage] | None:
        """The company as the first page with such a JSON-LD block describes it."""
        found = ((organization_in(page.nodes), page) for page in self.pages)
        return next(((organization, page) for organization, page in found if organization), None)


class Bundle(Lenient):
    """The reply of a visit."""

    pages: Objects = []


def _texts(headers: dict[str, object]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if isinstance(value, str)}
