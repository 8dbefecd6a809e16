"""Indexes that another index of the same table covers are dropped (docs/decisions/0171-no-index-covered-by-another.md)."""

from django.db import migrations

from backend.core.database.covering import DropCoveredIndex


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_sitedocument_preview_sitedocument_preview_hash_and_more"),
    ]

    operations = [
        DropCoveredIndex("downloadcount", "document", "files_downloadcount_document_id_4468610a"),
        DropCoveredIndex("siterendition", "image", "files_siterendition_image_id_a584b36b"),
    ]
