"""Who hears the admin's pages can jump to what they are about."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/admin/", "/admin/enrichment/company/", "/admin/enrichment/company/{}/change/"])
def test_a_page_has_its_content_in_the_landmark_main(admin_client: Client, path: str) -> None:
    company = factories.company("Acme Corp", "acmecorp.com")

    page = admin_client.get(path.format(company.pk)).content.decode()

    assert page.count('role="main"') == 1
    assert page.index('id="nav-sidebar') < page.index('role="main"') < page.index('id="content"')


def test_the_login_has_it_too(client: Client) -> None:
    page = client.get("/admin/login/").content.decode()

    assert (page.count("<main>"), page.count("</main>")) == (1, 1)
    assert page.index("<main>") < page.index('id="login-form"') < page.index("</main>")
    assert "css/admin" in page
