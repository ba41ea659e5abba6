"""Show the figures of a snapshot as Prometheus metrics: what `/metrics` serves and `status --metrics` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric

from worker.models.drift import LabelShares
from worker.operations.drift import DriftReport
from worker.operations.snapshot import InRedis, Snapshot
from worker.queues import FETCH, LABEL, LABEL_BULK, URGENT, Depth, Histogram, WorkerSeen
from worker.queues.durations import BOUNDS
from worker.reasons import Fate, Reason
from worker.storage.for_metrics import Totals, Waiting
from worker.storage.values import PAUSABLE

ROLES = ("fetch", "label", "dispatcher", "keeper", "dashboard")
"""Kinds of processes, each shown also where none is alive, so that an alert can see the 0."""
REFUSED = tuple(("refused", reason.word) for reason in Reason if reason.fate is Fate.REFUSED)
DEAD = tuple(("dead", reason.word) for reason in Reason if reason.fate not in (Fate.REFUSED, Fate.NOTE))
ENDINGS = (("stored", ""), ("duplicate", Reason.DUPLICATE.word), *REFUSED, *DEAD)
PUT_OFF = tuple(reason.word for reason in Reason if reason.fate in (Fate.AGAIN, Fate.WAITS, Fate.STRIKE))
"""Counters begin with 0 for every reason of the closed list: `rate` sees no growth in a series that begins with its first event."""
PLAIN = "text/plain"

Values = Iterable[tuple[tuple[str, ...], float | None]]
"""Pairs of the labels' values and a number; None for one that is not known now, which is left out."""


class Figures:
    """A collector for prometheus-client: each collection shows one snapshot, and so figures of one moment."""

    def __init__(self, take: Callable[[], Snapshot]) -> None:
        self._take = take

    def describe(self) -> list[Metric]:
        """Nothing, so that registering takes no snapshot."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every metric that has a value."""
        return (metric for metric in families(self._take()) if metric.samples)


def exposition(take: Callable[[], Snapshot], accept: str = PLAIN) -> tuple[bytes, str]:
    """The metrics and their content type: OpenMetrics where the header Accept asks for it, else Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Figures(take))
    encode, kind = choose_encoder(accept)
    return encode(registry), kind


def families(snapshot: Snapshot) -> Iterator[Metric]:
    """All metrics of a snapshot, in groups."""
    yield _one("build", "The program that serves these metrics.", {"version": snapshot.version, "python": snapshot.python})
    yield _gauge("database_up", "1 while the database answers.", _single(float(snapshot.totals is not None)))
    yield _gauge("redis_up", "1 while Redis answers.", _single(float(snapshot.redis is not None)))
    yield _gauge("disk_free_bytes", "Free space where the data folder lies.", _single(snapshot.disk_free))
    yield _gauge("disk_free_min_bytes", "Free space below which nothing is fetched.", _single(snapshot.disk_free_min))
    if snapshot.model is not None:
        yield _one("model", "The model that labels.", {"id": snapshot.model})
    if snapshot.totals is not None:
        yield from _of_totals(snapshot.totals)
    if snapshot.waiting is not None:
        yield from _of_waiting(snapshot.waiting)
    if snapshot.dead is not None:
        dead = (((group.reason,), group.count) for group in snapshot.dead)
        yield _gauge("dead_letters", "Dead letters now, by reason.", dead, "reason")
    if snapshot.sources is not None:
        followed = (((health,), count) for health, count in snapshot.sources.items())
        yield _gauge("sources", "Followed feeds and sitemaps, by health.", followed, "health")
    if snapshot.redis is not None:
        yield from _of_redis(snapshot.redis)
    if snapshot.drift is not None:
        yield from _of_drift(snapshot.drift)


def _of_totals(totals: Totals) -> Iterator[Metric]:
    balance = totals.balance
    yield _counter("items_accepted", "Items accepted: URLs of articles, feeds and sitemaps.", _single(balance.accepted))
    yield _gauge("items", "Items in the ledger now, by state.", (((state.value,), n) for state, n in balance.states.items()), "state")
    ended = {**dict.fromkeys(ENDINGS, 0), **totals.ended}
    yield _counter("items_ended", "Items that ended, by outcome and reason.", ended.items(), "outcome", "reason")
    again = (((reason,), count) for reason, count in {**dict.fromkeys(PUT_OFF, 0), **totals.again}.items())
    yield _counter("items_put_off", "Failures after which the item is tried again, by reason.", again, "reason")
    yield _counter("leases_expired", "Leases that ran out: a worker gave no outcome in time.", _single(totals.expired))
    yield _gauge("ledger_balanced", "1 while every accepted item is in exactly one state.", _single(float(balance.balanced)))
    paused = (((stage,), float(stage in totals.paused)) for stage in PAUSABLE)
    yield _gauge("stage_paused", "1 while an operator has paused the stage.", paused, "stage")


def _of_waiting(waiting: Waiting) -> Iterator[Metric]:
    due = {"now": waiting.now, "later": waiting.later}
    help_text = "Items that wait in the ledger: to go out now, or later (a host, a pause, another try)."
    yield _gauge("due_items", help_text, (((when,), n) for when, n in due.items()), "when")
    yield _gauge("due_next_timestamp_seconds", "When the next item goes out, in seconds since 1970.", _single(waiting.next_at))
    hosts = (((why,), waiting.hosts[why]) for why in ("paused", "asked", "failing"))
    yield _gauge("hosts_waiting", "Hosts kept back: paused, asked for a wait (Retry-After), or failing.", hosts, "why")


def _of_redis(found: InRedis) -> Iterator[Metric]:
    messages = (((queue,), n) for queue, n in found.messages.items())
    yield _gauge("queue_messages", "Messages in the queue; one may hold twenty URLs.", messages, "queue")
    yield _of_depths(found.depths, "queue_urls", "URLs that wait in the queue.", lambda at: at.waiting)
    age = "Age of the oldest message in the queue; 0 where it is empty."
    yield _of_depths(found.depths, "queue_oldest_age_seconds", age, lambda at: at.oldest_waiting_s or 0.0)
    yield _gauge("workers", "Processes alive, by role.", _alive(found.workers), "role")
    yield _gauge("worker_items", "Items that the alive processes work on, by role.", _at_work(found.workers), "role")
    yield _of_durations(found.durations)
    yield _gauge("redis_memory_bytes", "Memory that Redis uses.", _single(found.memory))
    yield _gauge("redis_memory_max_bytes", "Memory that Redis may use; absent without a limit.", _single(found.memory_max or None))


def _of_depths(depths: Iterable[Depth], name: str, help_text: str, figure: Callable[[Depth], float]) -> Metric:
    return _gauge(name, help_text, (((depth.name,), figure(depth)) for depth in depths), "queue")


def roles_of(worker: WorkerSeen) -> set[str]:
    """What a process is for: by its queues where it has some, since anybody may name a Celery worker, else by its name."""
    serves = {"fetch": {FETCH, URGENT}, "label": {LABEL, LABEL_BULK}}
    by_queue = {role for role, queues in serves.items() if queues & set(worker.queues)}
    return by_queue or {worker.name.partition("@")[0]} & set(ROLES)


def _alive(workers: Iterable[WorkerSeen]) -> Values:
    alive = [roles_of(worker) for worker in workers if worker.alive]
    return [((role,), sum(role in roles for roles in alive)) for role in ROLES]


def _at_work(workers: Iterable[WorkerSeen]) -> Values:
    alive = [(roles_of(worker), worker.running) for worker in workers if worker.alive]
    return [((role,), sum(running for roles, running in alive if role in roles)) for role in ("fetch", "label")]


def _of_durations(durations: Iterable[Histogram]) -> Metric:
    help_text = "Time of each page in a stage: its requests, its way through a parse process, its labels, the transaction that stores it."
    metric = HistogramMetricFamily("pressmark_stage_duration_seconds", help_text, labels=["stage"])
    for one in durations:
        below = [sum(one.counts[: place + 1]) for place in range(len(one.counts))]
        bounds = [*map(str, BOUNDS), "+Inf"]
        metric.add_metric([one.stage], list(zip(bounds, map(float, below), strict=True)), one.seconds)
    return metric


def _of_drift(report: DriftReport) -> Iterator[Metric]:
    stretches = {"week": report.week, "weeks_before": report.weeks_before} | ({"training": report.training} if report.training else {})
    words = (((stretch, lang), of.mean) for stretch, shares in stretches.items() for lang, of in shares.unknown_words.items())
    yield _gauge("drift_unknown_words_ratio", "Share of words that the model does not know.", words, "stretch", "language")
    topics = {stretch: shares.topics for stretch, shares in stretches.items()}
    yield _of_labels("drift_yes_ratio", "Share of articles with the label.", topics, lambda shares: shares.yes)
    yield _of_labels("drift_unsure_ratio", "Share of articles whose label is unsure.", topics, lambda shares: shares.unsure)
    yield _of_labels("drift_mean_probability", "Mean probability of the label.", topics, lambda shares: shares.mean_probability)
    against = {"weeks_before": report.score_shift.weeks_before, "training": report.score_shift.training}
    shifts = (((name, label), shift) for name, found in against.items() for label, shift in (found or {}).items())
    yield _gauge("drift_score_shift", "Population stability index of the label's probabilities this week.", shifts, "against", "label")
    yield _gauge("drift_warnings", "Figures of labels and words that have left their usual range.", _single(len(report.warnings)))


def _of_labels(
    name: str, help_text: str, topics: Mapping[str, Mapping[str, LabelShares]], figure: Callable[[LabelShares], float | None]
) -> Metric:
    values = (((stretch, label), figure(shares)) for stretch, found in topics.items() for label, shares in found.items())
    return _gauge(name, help_text, values, "stretch", "label")


def _single(value: float | None) -> Values:
    return [((), value)]


def _gauge(name: str, help_text: str, values: Values, *labels: str) -> Metric:
    return _filled(GaugeMetricFamily(f"pressmark_{name}", help_text, labels=labels), values)


def _counter(name: str, help_text: str, values: Values, *labels: str) -> Metric:
    """prometheus-client adds `_total` to the name."""
    return _filled(CounterMetricFamily(f"pressmark_{name}", help_text, labels=labels), values)


def _one(name: str, help_text: str, facts: Mapping[str, str]) -> Metric:
    """prometheus-client adds `_info` to the name."""
    return InfoMetricFamily(f"pressmark_{name}", help_text, value=dict(facts))


def _filled(metric: GaugeMetricFamily | CounterMetricFamily, values: Values) -> Metric:
    for labels, value in values:
        if value is not None:
            metric.add_metric(list(labels), value)
    return metric
