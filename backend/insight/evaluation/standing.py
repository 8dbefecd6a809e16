"""The five standing studies. What is planted in the demonstration country stands in docs/demo-country.md, never here."""

from __future__ import annotations

from backend.insight.evaluation.specification import Specification

HISTORY = (
    "past_unexcused",
    "past_mark",
    "no_mark",
    "semesters_seen",
    "past_plan_share",
    "earlier_plans",
    "plan_last_semester",
    "plan_two_ago",
    "plan_three_ago",
    "vocational",
    "stage",
    "semester",
)
"""What was known of a learner when the semester began: figures of all semesters before, plans before, where they learn."""

LEAVING = Specification(
    code="leaving-in-semester",
    title={
        "lv": "Vai individuālais atbalsta plāns mazina mācību pārtraukšanu tajā pašā semestrī?",
        "en": "Does an individual support plan lower early leaving in the same semester?",
    },
    question={
        "lv": "Izglītojamie, kuriem plāns jau ir bijis: cik no tiem, kuriem plāns ir arī šajā semestrī, pārtrauc mācības, salīdzinot ar "
        "līdzīgiem izglītojamajiem, kuriem šajā semestrī plāna nav?",
        "en": "Learners who had a plan before: how many of those with a plan in this semester leave, beside learners alike who have "
        "none in this semester?",
    },
    estimand={
        "lv": "Vidējā ietekme uz tiem, kuriem plāns bija (ATT), procentpunktos semestrī.",
        "en": "Mean effect on those who had the plan (ATT), as a difference of shares in one semester.",
    },
    population="after_first_plan",
    exposure="approved_plan",
    outcome="left_in_semester",
    comparison="no_plan_in_semester",
    methods=("DESCRIPTIVE", "MATCHING", "IPW", "AIPW"),
    exclusions=("no_figures_before", "running_semester"),
    covariates=HISTORY,
    parameters={"estimand": "ATT", "measure": "risk_difference"},
)

STAYING = Specification(
    code="staying-over-time",
    title={
        "lv": "Cik ātri mācības tiek pārtrauktas ar plānu un bez tā?",
        "en": "How fast do learners leave with a plan and without one?",
    },
    question={
        "lv": "Izglītojamie, kuriem plāns jau ir bijis: cik reižu lēnāk mācības pārtrauc tie, kuriem plāns ir apstiprināts, no tā apstiprināšanas dienas?",
        "en": "Learners who had a plan before: how many times as fast do those with an approved plan leave, from the day of its approval?",
    },
    estimand={
        "lv": "Riska attiecība pēc Koksa modeļa, kurā plāns sākas tā apstiprināšanas dienā; līknes no semestra 30. dienas.",
        "en": "Hazard ratio of a Cox model in which the plan begins on the day of approval; curves from the semester's day 30 on.",
    },
    population="after_first_plan",
    exposure="approved_plan_from_its_day",
    outcome="days_until_leaving",
    comparison="no_plan_yet_in_semester",
    methods=("KAPLAN_MEIER", "LOG_RANK", "RMST", "COX", "COMPETING_RISKS"),
    exclusions=("no_figures_before", "running_semester", "left_before_landmark"),
    covariates=HISTORY,
    parameters={"landmark": 30, "horizon": 120, "competing_horizon": 365},
)

FIGURES = Specification(
    code="absences-and-marks",
    title={
        "lv": "Kā pirmais plāns maina neattaisnotos kavējumus un atzīmes?",
        "en": "How does a first plan change absences without excuse, and marks?",
    },
    question={
        "lv": "Izglītojamie, kuri vērojami vismaz divus semestrus pirms pirmā plāna: kā mainās rādītāji plāna semestrī, salīdzinot ar tiem, "
        "kuriem plāna nav vai vēl nav?",
        "en": "Learners seen for two semesters at least before their first plan: how do their figures change in its semester, beside those "
        "who have none, or none yet?",
    },
    estimand={
        "lv": "Grupas un laika ietekme pirmā plāna semestrī (Callaway un Sant'Anna).",
        "en": "Group-time effect in the semester of the first plan (Callaway and Sant'Anna).",
    },
    population="watched_first",
    exposure="first_plan",
    outcome="unexcused_and_mark",
    comparison="never_or_not_yet",
    methods=("DIFFERENCE_IN_DIFFERENCES",),
    exclusions=("seen_less_than_two_semesters_before",),
    parameters={"at": [0], "seen_before": 2},
)

DISTANCE = Specification(
    code="distance-and-hours",
    title={
        "lv": "Vai attālinātās mācības no 2020. gada marta mazināja konsultāciju skaitu?",
        "en": "Did learning at a distance from March 2020 on lower the number of consultations?",
    },
    question={
        "lv": "Apstiprinātās konsultācijas mēnesī uz vienu plāna dienu: vai to līmenis vai virziens mainījās 2020. gada martā?",
        "en": "Confirmed consultations by month for each day of a plan: did their level or direction change in March 2020?",
    },
    estimand={
        "lv": "Līmeņa un slīpuma attiecība pēc pārtraukuma.",
        "en": "Ratio of the level, and of the slope, after the interruption.",
    },
    population="months_of_hours",
    exposure="distance_since_march_2020",
    outcome="confirmed_hours",
    comparison="months_before",
    methods=("INTERRUPTED_TIME_SERIES",),
    exclusions=("july_and_august", "months_without_plans"),
    parameters={"interrupted_on": "2020-03-01", "first_month": "2017-09-01", "last_month": "2022-06-01"},
)

COST = Specification(
    code="cost-of-staying",
    title={
        "lv": "Cik maksā viens izglītojamais vairāk, kurš paliek mācībās?",
        "en": "What does one learner more who stays cost?",
    },
    question={
        "lv": "Cik eiro izmaksā plāns, konsultācijas stunda un viens izglītojamais vairāk, kurš semestrī nepārtrauc mācības?",
        "en": "How many euro does a plan cost, an hour of consultation, and one learner more who does not leave in the semester?",
    },
    estimand={
        "lv": "Apstiprinātās summas un stundas pēc likmēm uz plānu; dalītas ar AIPW ietekmi (Fīlera intervāls).",
        "en": "Settled amounts and hours at their tariffs for each plan; divided by the AIPW effect (Fieller's interval).",
    },
    population="after_first_plan",
    exposure="approved_plan",
    outcome="euro_and_left_in_semester",
    comparison="no_plan_in_semester",
    methods=("COST",),
    exclusions=("no_figures_before", "running_semester"),
    covariates=HISTORY,
    parameters={"estimand": "ATT"},
)

STANDING = (LEAVING, STAYING, FIGURES, DISTANCE, COST)
