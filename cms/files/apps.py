from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "cms.files"
    label = "files"
    verbose_name = "Images and documents"

    def ready(self) -> None:
        """Count what Wagtail serves."""
        from wagtail.documents.models import document_served

        from cms.files.downloads import on_document_served

        document_served.connect(on_document_served, dispatch_uid="count_download")
