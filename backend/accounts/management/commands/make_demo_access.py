"""Make the demonstration's users and partner apps and write their secrets to `var/demo/credentials.json`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.accounts.demo_access import make_access
from backend.territory.models import Institution, Municipality, Region


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = make_access(file=settings.CREDENTIALS_FILE, base_url=settings.BASE_URL)
        except (Region.DoesNotExist, Municipality.DoesNotExist, Institution.DoesNotExist) as missing:
            raise CommandError(
                f"{missing} Load the demonstration first: manage.py load_reference, then manage.py load_demo."
            ) from None
        self.stdout.write(f"{len(content['users'])} people and {len(content['clients'])} apps can come in.")
