"""The ASGI entry: Django, and beside it the bare apps that share its port."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
application = get_asgi_application()
