from django.apps import AppConfig


class LearnersConfig(AppConfig):
    name = "backend.cases.learners"
    label = "learners"
    verbose_name = "Learners"
