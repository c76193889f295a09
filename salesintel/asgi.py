"""The ASGI application that the web process serves."""

import os

from django.core.asgi import get_asgi_application

from salesintel.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesintel.settings")

application = get_asgi_application()
refuse_unsafe()  # commands run the checks by themselves, a server does not
