"""scratch"""
import time, pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_make():
    call_command("load_reference", verbosity=0)
    call_command("load_demo")
    began = time.monotonic()
    call_command("make_country", scale=0.01)
    print("seconds", time.monotonic() - began)
    call_command("make_country", scale=0.01)
    call_command("seal_trail")
    call_command("verify_trail")
