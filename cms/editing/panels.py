"""What is to be mended before a page goes out, at the head of its form."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel
from wagtail.models import WorkflowState


class ChecksPanel(Panel):
    """Faults and hints of the page as it was saved last, each with its remedy."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("heading", _("Before it goes out"))
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "editing/checks_panel.html"

        def is_shown(self) -> bool:
            """A page that was never saved has nothing to be looked at."""
            return bool(self.instance.pk) and super().is_shown()

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """`findings`, faults first; `asked`: the step that gave the text back, with the remark."""
            from cms.editing.checks import findings_of

            context: dict[str, Any] = super().get_context_data(parent_context)
            context["findings"] = findings_of(self.instance)
            state = self.instance.current_workflow_state
            given_back = state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES
            context["asked"] = state.current_task_state if given_back else None
            return context
