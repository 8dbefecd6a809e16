from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "cms.search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from cms.search import signals  # noqa: F401
