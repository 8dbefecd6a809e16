"""The platform's own user: staff of every level, editors, and the service accounts of partner apps."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Classification, DataClass, Purpose, Retention, inherited_fields, internal, personal
from backend.core.clock import now
from backend.core.models import PersonEntity
from backend.core.text import KeepsSortKey, SortKeyField


class UserManager(BaseUserManager["User"]):
    """Creates users; keys and hashes are the model's business."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A user; without a password nobody can sign in as them (service accounts)."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """An administrator of the site's editor."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(KeepsSortKey, PersonEntity, AbstractBaseUser, PermissionsMixin):
    """Someone, or an app, that can be let in. What they may see follows from their assignments alone."""

    tag = "usr"
    field_classes = {
        **inherited_fields(AbstractBaseUser, Classification(DataClass.PERSONAL, Purpose.ACCESS, Retention.ACCOUNT)),
        **inherited_fields(PermissionsMixin, Classification(DataClass.INTERNAL, Purpose.ACCESS, Retention.ACCOUNT)),
    }

    username = personal(
        models.CharField(
            _("user name"),
            max_length=150,
            unique=True,
            validators=[UnicodeUsernameValidator()],
            error_messages={"unique": _("This user name is taken.")},
        ),
        purpose=Purpose.ACCESS,
        retention=Retention.ACCOUNT,
    )
    first_name = personal(models.CharField(_("given name"), max_length=150, blank=True), purpose=Purpose.ADMINISTRATION)
    last_name = personal(models.CharField(_("family name"), max_length=150, blank=True), purpose=Purpose.ADMINISTRATION)
    sort_key = personal(SortKeyField(of="name_in_order", db_default=""), purpose=Purpose.ADMINISTRATION)
    email = personal(models.EmailField(_("e-mail"), blank=True), purpose=Purpose.ADMINISTRATION, retention=Retention.ACCOUNT)
    is_staff = internal(models.BooleanField(_("may open the editor"), default=False), purpose=Purpose.ACCESS)
    is_active = internal(models.BooleanField(_("active"), default=True), purpose=Purpose.ACCESS)
    is_service = internal(models.BooleanField(_("service account of an app"), default=False), purpose=Purpose.ACCESS)
    date_joined = internal(models.DateTimeField(default=now, editable=False), purpose=Purpose.ACCESS)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        indexes = [models.Index(fields=["sort_key", "id"], name="user_in_order")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def name_in_order(self) -> str:
        """What lists of people are ordered by: family name, given name; the user name where there is neither."""
        return f"{self.last_name} {self.first_name}".strip() or self.username

    def get_full_name(self) -> str:
        """Given name and family name, or an empty text."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """Given name, or the user name."""
        return self.first_name or self.username
