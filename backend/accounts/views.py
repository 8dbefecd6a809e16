"""Signing in and out, and what the platform knows of the person who did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, LogoutView
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from backend.accounts.models import Assignment, Level, Role
from backend.accounts.selectors import assignments_in_force
from backend.core.models import Bilingual


class SignInForm(AuthenticationForm):
    """User name and password. One answer for a wrong name and a wrong password."""

    error_messages = {
        "invalid_login": _("The user name and password do not fit together. Both distinguish capital letters."),
        "inactive": _("This account is closed."),
    }


class SignIn(LoginView):
    """Sign in; who is signed in already goes on to their page."""

    template_name = "pages/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Sign out, by POST only."""

    http_method_names = ["post", "options"]


@dataclass(frozen=True)
class HeldRole:
    """One role as its holder reads it."""

    role: str
    unit: str
    valid_from: date
    valid_to: date | None


class Account(LoginRequiredMixin, TemplateView):
    """Who I am here: my name, my roles with unit and period."""

    template_name = "pages/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Roles in force today, in words."""
        context = super().get_context_data(**kwargs)
        held = [_held(assignment) for assignment in assignments_in_force(user=self.request.user)]  # type: ignore[arg-type]
        context["roles"] = held
        context["may_edit"] = self.request.user.has_perm("wagtailadmin.access_admin")
        return context


def _name_of(unit: object, *, language: str) -> str:
    """Name of a unit in the reader's language; the state has the name of its level."""
    if unit is None:
        return str(Level.STATE.label)
    return unit.name_in(language) if isinstance(unit, Bilingual) else str(unit)


def _held(assignment: Assignment) -> HeldRole:
    unit = assignment.region or assignment.municipality or assignment.institution
    language = (get_language() or "lv")[:2]
    name = _name_of(unit, language=language)
    return HeldRole(
        role=str(Role(assignment.role).label), unit=name, valid_from=assignment.valid_from, valid_to=assignment.valid_to
    )
