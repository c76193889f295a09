"""The ASGI application that the web process serves."""

import os

from salesintel.checks import refuse_unsafe
from salesintel.handler import application as django_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesintel.settings")

handler = django_application()
refuse_unsafe()  # commands run the checks by themselves, a server does not

from enrichment.api.later import Shell  # needs the apps, which the handler's setup loads
from salesintel import urls  # noqa: F401 - else the first who asks waits for the pages and the admin to load
from salesintel.sockets import Sockets

application = Shell(handler, sockets=Sockets(handler))
