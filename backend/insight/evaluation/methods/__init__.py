"""Methods of evaluation: pure functions over frames. No database, no Django; lifelines, statsmodels and scikit-learn do the work.

Imported by background tasks and commands alone: what they import is heavy (docs/developer/evaluation.md).
"""
