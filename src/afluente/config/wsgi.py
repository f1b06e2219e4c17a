"""Django as a WSGI application; `entry` runs it in a bounded pool of threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
application = get_wsgi_application()
