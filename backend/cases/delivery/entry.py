"""An entry of the journal on its way in: what the rules judge, and the row it becomes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from backend.cases.delivery.models import Channel, Consultation
from backend.cases.plans.models import Measure
from backend.core.refusals import Code, Message, Problems


@dataclass(frozen=True)
class Entry:
    """An entry with its measure found; `position` is its place in the command."""

    position: int
    measure: Measure
    provider_id: UUID
    held_on: dt.date
    starts_at: dt.time
    topic: str
    channel: str = Channel.IN_PERSON
    remote_order_id: UUID | None = None
    remote_channel: str = ""
    alone: bool = False
    """Whether it is the whole command, so that its problems stand at the input's own fields."""

    @property
    def start(self) -> dt.datetime:
        """Wall-clock start in Latvia, without a zone."""
        return dt.datetime.combine(self.held_on, self.starts_at)

    def note(self, problems: Problems, code: Code, message: Message, field: str) -> None:
        """Note a problem of this entry."""
        own = "consultation_id" if field == "measure_id" else field
        problems.add(code, message, own if self.alone else f"entries.{self.position}.{field}")

    def row(self, **more: object) -> Consultation:
        """The consultation that it becomes, not saved."""
        return Consultation(
            measure=self.measure,
            learner_id=self.measure.learner_id,
            institution_id=self.measure.institution_id,
            specialist_role=self.measure.kind_code,
            provider_id=self.provider_id,
            held_on=self.held_on,
            starts_at=self.starts_at,
            topic=self.topic,
            channel=self.channel,
            remote_order_id=self.remote_order_id,
            remote_channel=self.remote_channel,
            **more,
        )
