"""For each mutation of the schema an input that is accepted, once: what the generated tests send.

A new mutation takes a line in the file of its room, and has its key, its version, its scopes and its ids tested.
"""

from tests.mutations.samples import delivery, documents, learners, money, plans, registry

SAMPLES = {
    name: sample for room in (registry, learners, plans, delivery, money, documents) for name, sample in room.SAMPLES.items()
}
