"""The guide, and the steps of a bundle."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from cms.editing import services
from cms.editing.guide import guide
from cms.editing.models import Bundle


@require_safe
def show_guide(request: HttpRequest) -> HttpResponse:
    """The editors' guide in the language of the editor."""
    language = (get_language() or "lv")[:2]
    parts = guide(language)
    return render(request, "editing/guide.html", {"parts": parts, "headings": [part for part in parts if part.level == 2]})


@require_safe
def review_bundle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A bundle with its pages, what is to be mended on each, and the steps that this editor can take."""
    _permit(request)
    bundle = get_object_or_404(Bundle, pk=pk)
    from cms.editing.checks import findings_of

    rows = []
    for item in bundle.items.select_related("page", "revision"):
        page = item.revision.as_object() if item.revision else item.page.get_latest_revision_as_object()
        rows.append({"page": page, "findings": findings_of(page)})
    waits = bundle.state == "SUBMITTED"
    context = {
        "bundle": bundle,
        "rows": rows,
        "reasons": services.reasons_against_bundle(bundle=bundle, user=request.user) if waits else [],
        "waits": waits,
        "mark": services.mark_of_bundle(bundle),
        "edit_url": reverse("bundles:edit", args=[bundle.pk]),
        "list_url": reverse("bundles:index"),
    }
    return render(request, "editing/bundle.html", context)


@require_POST
def step_bundle(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Hand in, approve or give back; what is unmet is said in full and nothing is done."""
    _permit(request)
    bundle = get_object_or_404(Bundle, pk=pk)
    try:
        if step == "submit":
            services.submit_bundle(bundle=bundle, user=request.user)
            messages.success(request, _("Handed in. A second editor sees it now."))
        elif step == "approve":
            done = services.approve_bundle(bundle=bundle, user=request.user, read=request.POST.get("read", ""))
            out = _("All pages are published.") if done.published_at else _("Approved. It goes out at its time.")
            messages.success(request, out)
        else:
            services.return_bundle(bundle=bundle, user=request.user, remark=request.POST.get("remark", ""))
            messages.success(request, _("Given back."))
    except services.NotYet as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
    return redirect("editing-bundle", pk=bundle.pk)


def _permit(request: HttpRequest) -> None:
    """Raises PermissionDenied for who may not work on bundles."""
    if not request.user.has_perm("editing.change_bundle"):
        raise PermissionDenied


class _ToReview:
    """After a bundle is saved its own page is shown, not the list."""

    def get_success_url(self) -> str:
        """Address of the bundle's page."""
        return reverse("editing-bundle", args=[self.object.pk])  # type: ignore[attr-defined]


class BundleCreateView(_ToReview, generic.CreateView):
    """A new bundle."""


class BundleEditView(_ToReview, generic.EditView):
    """A bundle is changed only while it is open: what was handed in is what is approved."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Back to the bundle's page where it cannot be changed."""
        bundle = self.get_object()
        if not bundle.is_open:
            messages.error(request, _("The bundle was handed in: take it back before you change it."))
            return redirect("editing-bundle", pk=bundle.pk)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class BundleIndexView(generic.IndexView):
    """All bundles; a title leads to the bundle's own page."""

    def get_edit_url(self, instance: Bundle) -> str:
        """Address of the bundle's page."""
        return reverse("editing-bundle", args=[instance.pk])


class BundleViewSet(ModelViewSet):
    """Bundles in the editor."""

    model = Bundle
    name = "bundles"
    url_prefix = "bundles"
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Bundles")
    menu_order = 210
    add_to_admin_menu = True
    list_display = ["title", Column("get_state_display", label=gettext_lazy("state")), "publish_at"]
    index_view_class = BundleIndexView
    add_view_class = BundleCreateView
    edit_view_class = BundleEditView
    panels = Bundle.panels
    copy_view_enabled = False
    sort_order_field = None
