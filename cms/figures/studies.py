"""What was found out about the support: published results of studies, in plain language first."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.insight.evaluation import wording
from backend.insight.evaluation.public import PublishedResult, published_result, published_results


@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    """Every study that has a published result, with what it found."""
    return render(request, "pages/studies.html", {"studies": [_short(each) for each in published_results()]})


@require_safe
def study(request: HttpRequest, code: str) -> HttpResponse:
    """One result: what was found, how sure it is, what was checked, and how to compute it again. Raises Http404."""
    found = published_result(code=code)
    if found is None:
        raise Http404
    estimates = [
        {
            "method": wording.METHODS[each["method"]],
            "outcome": wording.OUTCOMES[each["outcome"]],
            "measure": wording.measure_name(each["measure"]),
            **{part: wording.number(each[part], each["measure"]) for part in ("value", "low", "high")},
            "p": wording.p_value(each),
            "exposed": each["exposed"],
            "compared": each["compared"],
        }
        for each in found.result["estimates"]
    ]
    context = {"study": _short(found), "found": found, "estimates": estimates, "checks": wording.checks(found.result)}
    return render(request, "pages/study.html", context)


def _short(found: PublishedResult) -> dict[str, Any]:
    specification = found.result["specification"]
    return {
        "code": found.code,
        "title": wording.text_of(specification["title"]),
        "question": wording.text_of(specification["question"]),
        "estimand": wording.text_of(specification["estimand"]),
        "summary": wording.summary(found.result),
    }
