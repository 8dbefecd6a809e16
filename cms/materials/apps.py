from typing import Any

from django.apps import AppConfig


class MaterialsConfig(AppConfig):
    name = "cms.materials"
    label = "materials"
    verbose_name = "Materials"

    def ready(self) -> None:
        """A published material shows the first page of its file."""
        from wagtail.signals import page_published

        from cms.materials.models import MaterialPage

        page_published.connect(_on_published, sender=MaterialPage, dispatch_uid="preview_of_material")


def _on_published(sender: Any, instance: Any, **kwargs: Any) -> None:
    from cms.files.previews import make_preview

    make_preview(document=instance.document)
