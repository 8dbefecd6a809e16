from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "cms.files"
    label = "files"
    verbose_name = "Images and documents"

    def ready(self) -> None:
        """Count what Wagtail serves; know at once what a published page shows."""
        from wagtail.documents.models import document_served
        from wagtail.signals import page_published

        from cms.files.downloads import on_document_served
        from cms.files.privacy import note_references
        from cms.files.tasks import draw_later

        page_published.connect(note_references, dispatch_uid="references_of_page")
        page_published.connect(draw_later, dispatch_uid="pictures_of_page")

        document_served.connect(on_document_served, dispatch_uid="count_download")
