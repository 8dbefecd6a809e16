"""Samples of the mutations about claims and payments."""

from __future__ import annotations

import datetime as dt

from tests.mutations.office import Office
from tests.mutations.samples.sample import Given, Sample


def _claim(office: Office) -> Given:
    till = office.till
    cost = {"incurredOn": "2023-09-14", "amount": "31.50", "documentNumber": "R-1", "units": "10"}
    return {
        "measureId": till.catering().public_id,
        "period": "2023-09-01",
        "items": [cost | {"proofId": till.proof().public_id}],
    }


def _deciding(office: Office) -> Given:
    return {"claimId": office.till.claim().public_id}


def _reversing(office: Office) -> Given:
    return {"claimId": office.till.approved().public_id, "reason": "Ievadīts divreiz."}


def _payment(office: Office) -> Given:
    office.till.approved()
    return {"agreementId": office.till.agreement.public_id, "month": "2023-09-01"}


def _batch(office: Office) -> Given:
    office.till.approved()
    return {"paymentBatchId": office.till.batch().public_id}


def _paying(office: Office) -> Given:
    return _batch(office) | {"paidAt": "2023-10-18T09:00:00+03:00"}


def _returning(office: Office) -> Given:
    office.till.approved()
    batch = office.till.pay(office.till.batch(), paid_at=dt.datetime(2023, 10, 18, 6, tzinfo=dt.UTC))
    return {"paymentBatchId": batch.public_id, "returnedAt": "2023-10-19T09:00:00+03:00", "reasonCode": "AC04"}


SAMPLES = {
    "claimReimbursement": Sample(_claim, other={"basisNote": "Cits pamats"}),
    "approveReimbursement": Sample(_deciding, other={"comment": "Jā."}, app="office", makes=False),
    "rejectReimbursement": Sample(
        lambda office: _deciding(office) | {"reason": "Nav rēķina."}, other={"reason": "Cits."}, app="office", makes=False
    ),
    "reverseReimbursement": Sample(_reversing, other={"amount": "1.00"}, app="office", version=2),
    "createPaymentBatch": Sample(_payment, other={"month": "2023-10-01"}, app="agency"),
    "releasePaymentBatch": Sample(_batch, other={"expectedVersion": 9}, app="agency", makes=False),
    "cancelPaymentBatch": Sample(_batch, other={"expectedVersion": 9}, app="agency", makes=False),
    "markPaymentBatchPaid": Sample(_paying, other={"bankReference": "FT-2"}, app="agency", makes=False),
    "markPaymentReturned": Sample(_returning, other={"reason": "slēgts"}, app="agency", makes=False, version=2),
}
