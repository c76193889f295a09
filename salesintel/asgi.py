"""The ASGI application that the web process serves."""

import os

from django.core.asgi import get_asgi_application

from salesintel.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesintel.settings")

django_application = get_asgi_application()
refuse_unsafe()  # commands run the checks by themselves, a server does not

from enrichment.api.later import Shell  # noqa: E402 - needs the apps, which get_asgi_application loads

application = Shell(django_application)
