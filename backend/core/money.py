"""Money is euro in `Decimal`, two places; the split over funding sources lives in `backend.cases.reimbursements`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

CENT = Decimal("0.01")


def euro(value: Decimal | int | str) -> Decimal:
    """`value` as euro with two places, half up. Floats are refused: they have no exact cents."""
    if isinstance(value, float):
        raise TypeError("Money is Decimal, not float.")
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


class EuroField(models.DecimalField):  # type: ignore[type-arg]
    """An amount in euro, exact to the cent, up to 9,999,999,999.99."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
