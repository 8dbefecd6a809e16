from django.apps import AppConfig


class YouthConfig(AppConfig):
    name = "cms.youth"
    label = "youth"
    verbose_name = "Youth projects"
