"""Partner apps and their tokens: our own models from the first migration on, so that they can grow."""

from __future__ import annotations

from django.db import models
from oauth2_provider.models import AbstractAccessToken, AbstractApplication, AbstractGrant, AbstractIDToken, AbstractRefreshToken

from backend.core.classification import Classification, DataClass, Purpose, Retention, inherited_fields, internal

_ACCESS = Classification(DataClass.INTERNAL, Purpose.ACCESS, Retention.ACCOUNT)


class PartnerApp(AbstractApplication):
    """An authorised app of a partner. Without a person behind it, it acts as its service account."""

    field_classes = inherited_fields(AbstractApplication, _ACCESS)

    service_account = internal(
        models.OneToOneField("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="partner_app"),
        purpose=Purpose.ACCESS,
    )
    allowed_scopes = internal(models.TextField(blank=True), purpose=Purpose.ACCESS)
    """Space-separated scopes this app may ask for; it gets no other."""

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"

    def __str__(self) -> str:
        return str(self.name)


class AccessToken(AbstractAccessToken):
    field_classes = inherited_fields(AbstractAccessToken, _ACCESS)

    class Meta(AbstractAccessToken.Meta):
        swappable = "OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL"


class RefreshToken(AbstractRefreshToken):
    field_classes = inherited_fields(AbstractRefreshToken, _ACCESS)

    class Meta(AbstractRefreshToken.Meta):
        swappable = "OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL"


class Grant(AbstractGrant):
    field_classes = inherited_fields(AbstractGrant, _ACCESS)

    class Meta(AbstractGrant.Meta):
        swappable = "OAUTH2_PROVIDER_GRANT_MODEL"


class IDToken(AbstractIDToken):
    field_classes = inherited_fields(AbstractIDToken, _ACCESS)

    class Meta(AbstractIDToken.Meta):
        swappable = "OAUTH2_PROVIDER_ID_TOKEN_MODEL"
