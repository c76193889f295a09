"""What every test stands on: a real database, no sockets but loopback, rules seeded where a test asks for them."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesintel.settings")
