"""Addresses of signing in and of the account."""

from __future__ import annotations

from django.urls import path

from backend.accounts import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("account/", views.Account.as_view(), name="account"),
]
