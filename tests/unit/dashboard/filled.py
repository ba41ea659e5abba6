"""Fill an installation with something of everything, some of it hostile."""

from __future__ import annotations

from dataclasses import replace

from classifier.labels import Evidence, Term
from tests.browser.payloads import PAYLOADS
from tests.integration.parts.samples import LABELS, admit, delivered, digest, entry, extracted, failed
from tests.unit.operations.stored import register
from worker.bootstrap import Services
from worker.messages import Labelled
from worker.operations import audit, pauses, review
from worker.operations.pauses import Target
from worker.storage.ledger import Ledger
from worker.storage.reviews import Answer

LANGUAGES = ("en", "km", "th", "vi", "ar")
TEXTS = {
    "km": "ពាណិជ្ជកម្មឆ្លងដែនកើនឡើងពីរដង។",
    "th": "การค้าชายแดนเพิ่มขึ้นสองเท่า",
    "vi": "Thương mại biên giới tăng gấp đôi.",
    "ar": "تضاعفت التجارة عبر الحدود.",
}


def fill(services: Services) -> list[int]:
    """Articles in five languages with payloads in every field, dead letters, a paused host, a model, reviews; items of the articles."""
    ledger = Ledger(services.engine, services.settings)
    job = ledger.open_job("morning <b>list</b>")
    ledger.accept([entry(number, f"outlet{number}.test:443") for number in range(len(PAYLOADS) + 9)], job)
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    requests = [request for _, request in ledger.lease(lead, len(PAYLOADS) + 9)]
    stored, dying = requests[: len(PAYLOADS)], requests[len(PAYLOADS) : -2]
    articles = [_hostile(request, number) for number, request in enumerate(stored)]
    ledger.keep(delivered(*articles, *(failed(request, "tls", detail=PAYLOADS[0]) for request in dying)), admit)
    ledger.keep(delivered(*(failed(request, "timeout", detail="slow") for request in requests[-2:])), admit)
    ledger.accept([entry(999, "held.test:443")], job)
    pauses.pause(services, Target(host="held.test"), "ann", PAYLOADS[2])
    register(services, "candidate-1")
    review.keep(services, Answer(stored[0].item_id, ("trade",), "trade", "official"), "ann")
    review.keep(services, Answer(stored[0].item_id, (), None, "independent"), "ben")
    audit.record(services, "ann", "dead drop", count=3, reason=PAYLOADS[5], which={"host": PAYLOADS[6]})
    return [request.item_id for request in stored]


def _hostile(request, number: int) -> Labelled:
    payload = PAYLOADS[number]
    language = LANGUAGES[number % len(LANGUAGES)]
    text = f"{payload}\n\n{TEXTS.get(language, 'Trade across the border doubled.')}\n\n{payload} Article {number}."
    made = extracted(request, text, digest(str(number))[:16])
    article = replace(
        made.article,
        title=payload,
        authors=[payload],
        language=language,
        site_name=payload,
        url=f"https://outlet.test/{number}?{payload}",
        canonical_url=payload,
        description=payload,
        warnings=["truncated", payload],
    )
    evidence = [
        Evidence("trade", "title", payload, 0, len(payload), [Term("script", 1.0)]),
        Evidence("trade", "text", payload, 0, len(payload), []),
    ]
    labels = replace(LABELS, evidence=evidence)
    return Labelled(replace(made, article=article, final_url=f"https://outlet.test/{number}?{payload}"), labels, label_ms=3)
