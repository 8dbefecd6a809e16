"""The build fails on a field that nobody classified."""

from django.apps import apps
from django.db import models

from backend.core import checks
from backend.core.classification import DataClass, Purpose, classification_of, personal


def test_every_stored_field_is_classified() -> None:
    assert checks.every_field_is_classified(None) == []


def test_the_walk_sees_the_whole_house() -> None:
    fields = [field for model in apps.get_models(include_auto_created=True) for field in model._meta.local_concrete_fields]
    assert len(fields) > 600


def test_a_field_without_a_class_breaks_the_build() -> None:
    from backend.accounts.models import User

    field = User._meta.get_field("email")
    declared = field.classification
    del field.classification
    try:
        problems = checks.every_field_is_classified(None)
    finally:
        field.classification = declared
    assert [problem.msg for problem in problems] == ["accounts.User.email has no classification."]


def test_a_name_is_personal_wherever_it_stands() -> None:
    from backend.accounts.models import User

    found = classification_of(User._meta.get_field("last_name"))
    assert found is not None
    assert found.data_class == DataClass.PERSONAL


def test_classifying_leaves_the_field_what_it_was() -> None:
    field = personal(models.CharField(max_length=7), purpose=Purpose.SUPPORT)
    assert (field.max_length, field.deconstruct()[3]) == (7, {"max_length": 7})
