"""What the country must come to: published figures where there are any (domain.md 5), ours where there are none.

Everything is of scale 1. `FOUND` counts bind the yearly sums; how a year divides into semesters and how many learners are new
is assumed, so that the cumulative counts of the sources come out (more than 2,000 learners in the first semester, more than
20,000 by the end of 2019, more than 23,000 by the middle of 2020, about 50,000 by December 2022).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

SEED = 83_40_16_001
AS_OF = dt.date(2023, 10, 16)
"""The day on which the country is told; nothing in it happened later."""


@dataclass(frozen=True)
class SemesterTarget:
    """Plans of one semester and how many of their learners have none before; `counted` where only approved plans count."""

    code: str
    plans: int
    new_learners: int
    counted: bool = True


SEMESTERS = (
    SemesterTarget("2017/2018-1", 2400, 2400),
    SemesterTarget("2017/2018-2", 4434, 3000),
    SemesterTarget("2018/2019-1", 7000, 5000),
    SemesterTarget("2018/2019-2", 8129, 4700),
    SemesterTarget("2019/2020-1", 10077, 5900),
    SemesterTarget("2019/2020-2", 11655, 3000),
    SemesterTarget("2020/2021-1", 9300, 4600),
    SemesterTarget("2020/2021-2", 10457, 4400),
    SemesterTarget("2021/2022-1", 9600, 5700),
    SemesterTarget("2021/2022-2", 10430, 5200),
    SemesterTarget("2022/2023-1", 10015, 6100),
    SemesterTarget("2022/2023-2", 10000, 2600),
    SemesterTarget("2023/2024-1", 10000, 3400, counted=False),
)
PLANS_BY_YEAR = {"2017/2018": 6834, "2018/2019": 15129, "2019/2020": 21732, "2020/2021": 19757, "2021/2022": 20030}
PLANS_UNTIL_2022 = 93_497
LEARNERS_UNTIL_2022 = 50_000
UNTREATED = 4000
"""Learners whom the programme watched and never gave a plan: whom the others can be compared with."""

INSTITUTIONS = 599
JOINED = (
    (dt.date(2017, 12, 31), 200),
    (dt.date(2019, 5, 31), 470),
    (dt.date(2019, 9, 30), 507),
    (dt.date(2019, 12, 31), 523),
    (dt.date(2020, 12, 31), 527),
    (dt.date(2022, 12, 31), 599),
)
"""How many institutions had joined by a day. The counts are published; the days are read from their texts, partly inferred."""
PARTNER_MUNICIPALITIES, MUNICIPALITIES = 41, 43
VOCATIONAL, STATE_GENERAL, COLLEGES, MUNICIPAL_VOCATIONAL = 33, 6, 4, 8
"""33 state vocational institutions were in the programme in 2019/2020 (found); the other three numbers are assumed."""
VOCATIONAL_AT_START = 29

IDENTIFICATIONS, OF_PLANS = 26_104, 21_732
"""Risk identifications to plans in 2019/2020 (found)."""
RISK_SHARES = {"LEARNING_INSTITUTION": 18_666, "ECONOMIC": 5_862, "FAMILY": 1_048, "SOCIAL_HEALTH": 528}
HOURS_LEAST, HOURS_MOST = 17, 24
"""Consultations per plan with a consultation measure, held to the end (r33vsk.lv, domain.md 3.1)."""

_LEAST_INSTITUTIONS = MUNICIPALITIES + 9

SUPERVISIONS, SUPERVISED = 1330, 595
"""Group supervisions and in how many institutions they were (found)."""

FIRST_CALLS, FIRST_PROJECTS = 36, 78
"""Municipalities with a call and projects of the first round of youth initiatives (found)."""
EVENTS = {"CONFERENCE": 11, "SEMINAR": 28, "WORKSHOP": 10, "PROGRAMME": 1, "CONSULTATION_DAY": 1}
"""Events for everybody: conferences and seminars are found, of workshops, the programme and the day only that there were some."""


def institutions(scale: float) -> int:
    """How many institutions the country has in all: every municipality has one at any scale."""
    return max(round(INSTITUTIONS * scale), _LEAST_INSTITUTIONS)


def supervised(scale: float) -> int:
    """In how many institutions supervisions were held."""
    return round(SUPERVISED * institutions(scale) / INSTITUTIONS)


def supervisions(scale: float) -> int:
    """How many supervisions were held: two in each of those institutions, a third in some."""
    return round(SUPERVISIONS * institutions(scale) / INSTITUTIONS)


def joined_by(scale: float) -> list[tuple[dt.date, int]]:
    """(day, institutions that have joined by then) at a scale."""
    whole = institutions(scale)
    return [(day, round(count * whole / INSTITUTIONS)) for day, count in JOINED]


def plans(target: SemesterTarget, *, scale: float, standing: int) -> int:
    """Plans that the country adds in a semester where `standing` exist already (the seed school and the examples).

    Small scales add half of their share at least, so that every semester has something of the country's own.
    """
    wanted = round(target.plans * scale)
    return max(wanted - standing, wanted // 2)
