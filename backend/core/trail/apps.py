from django.apps import AppConfig
from django.db.backends.utils import CursorWrapper

from backend.core.periodic import Periodic


class TrailConfig(AppConfig):
    name = "backend.core.trail"
    label = "trail"
    verbose_name = "Trail"

    periodic = [Periodic("seal-trail", 5, "backend.core.trail.tasks.sealed_blocks")]

    # Tables of libraries with a person in them. Our own apps declare theirs.
    not_audited = {
        "wagtailcore.Page": "Public pages; the editor keeps its own revisions and page log. The person is the page's owner.",
        "wagtailcore.Revision": "Is itself the history of pages, with who made each.",
        "wagtailcore.PageLogEntry": "Is itself a log of what editors did.",
        "wagtailcore.ModelLogEntry": "Is itself a log of what editors did.",
        "wagtailcore.Comment": "Editors' remarks on a page's draft; about text, resolved and deleted by design.",
        "wagtailusers.UserProfile": "An editor's settings of the editor: theme, language, density.",
        "admin.LogEntry": "Is itself a log; nothing of ours is registered with Django's admin.",
        "sessions.Session": "Signed-in browsers, short-lived, opaque; a trail of them would outlive them.",
    }

    def secure_database(self, cursor: CursorWrapper) -> None:
        """Called by `backend.core.database.security.reapply` after the grants and policies stand."""
        from backend.core.trail.install import install

        install(cursor)
