"""Samples of the mutations about documents of partner apps."""

from __future__ import annotations

from tests.mutations.samples.sample import Sample

SAMPLES = {
    "registerDocument": Sample(
        lambda office: {"text": "query Me { viewer { appName } }"}, other={"text": "{ viewer { roles } }"}
    ),
}
