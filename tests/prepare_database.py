"""Roles, tables and hashed static files for the tests: run once, before any test process copies the database."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "afluente.config.settings"


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from afluente.config import prepare

    if settings.ENVIRONMENT.database_url:
        from afluente.kernel.postgres import provision

        provision(settings.ENVIRONMENT.database_url, settings.DATABASES["default"]["PASSWORD"])
    prepare.migrate()
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)


if __name__ == "__main__":
    main()
