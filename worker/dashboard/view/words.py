"""Say in words what reasons, states, labels and decisions mean, and what to do about them."""

from __future__ import annotations

from zlib import crc32

from classifier.label_set import is_topic_name
from classifier.labels import SourceType, Topic, TopicLabel
from worker.operations import reason_words
from worker.operations.articles import Total
from worker.reasons import Lane, Reason
from worker.storage.values import Stage, State

ADVICE = {
    Reason.BAD_URL: "Write it as a browser shows it.",
    Reason.SCHEME: "Write http:// or https:// before it.",
    Reason.PORT: "PRESSMARK_ALLOW_PORTS lists the ports that are.",
    Reason.CREDENTIALS: "Take them out.",
    Reason.PRIVATE_ADDRESS: "Not allowed, unless PRESSMARK_ALLOW_PRIVATE names it.",
    Reason.ROBOTS: "Pressmark obeys.",
    Reason.OPTED_OUT: "Pressmark obeys.",
    Reason.FORGOTTEN: "It stays out.",
    Reason.NOT_HTML: "Pressmark reads HTML and plain text only: drop them.",
    Reason.NOT_FEED: "The address is a page: follow the feed that it names.",
    Reason.TOO_BIG: "No article is that large: drop them.",
    Reason.TOO_MANY_REDIRECTS: "Often mended within a day. Send again later.",
    Reason.HTTP_404: "Gone for good on most sites: drop them. Send again what the site has put back.",
    Reason.HTTP_410: "Gone for good: drop them.",
    Reason.HTTP_4XX: "Look at the host: it may refuse every program.",
    Reason.TLS: "Send again when the site has mended its certificate.",
    Reason.BAD_RESPONSE: "Often over within a day. Send again.",
    Reason.DECODE: "Tell the developers: report the address.",
    Reason.PARSE_LIMIT: "Tell the developers: report the address.",
    Reason.POISON: "Three readers stopped on it. Tell the developers.",
    Reason.NO_TEXT: "Empty pages, or text that needs JavaScript. Send again, or drop.",
    Reason.NOT_ARTICLE: "A list, a login or a consent wall: drop them.",
    Reason.DNS: "Tried 5 times. Send again when the site is back.",
    Reason.CONNECT: "Tried 5 times. Often over within a day. Send again.",
    Reason.TIMEOUT: "Tried 5 times. Often over within a day. Send again.",
    Reason.TRUNCATED: "Tried 5 times. Often over within a day. Send again.",
    Reason.HTTP_429: "Slow the host, then send again.",
    Reason.HTTP_5XX: "Tried 5 times. Send again later.",
    Reason.ROBOTS_UNAVAILABLE: "Asked every hour, dead after 7 days. Send again when it can.",
    Reason.SCHEMA: "Tell the developers: report the address.",
    Reason.DROPPED: "Nothing is needed.",
    Reason.DUPLICATE: "Nothing is needed.",
    Reason.KNOWN: "It was added before: read it.",
    Reason.NOT_MODIFIED: "Nothing is needed.",
}
"""What to do about every reason of the closed list; its words are those of `worker.operations.reason_words`."""

TOPICS = {Topic.BORDER_DISPUTE: "Border dispute", Topic.TRADE: "Trade", Topic.DEMINING: "Demining", Topic.CULTURE: "Culture"}
SOURCE_TYPES = {SourceType.OFFICIAL: "Official", SourceType.PROMOTIONAL: "Promotional", SourceType.INDEPENDENT: "Independent"}
LABELS = {str(name): shown for name, shown in (*TOPICS.items(), *SOURCE_TYPES.items())}
LABELS |= {"primary_topic": "Main topic", "source_type": "Source type"}
COLOURS = 4
"""Of topics: `t1` to `t4` in the style sheet. With more topics they repeat, and the name is what tells."""
TONES = {str(topic): f"t{number % COLOURS + 1}" for number, topic in enumerate(Topic)}
"""The colour of each topic of the shipped model."""

STATES = {
    State.STORED: "Stored",
    State.DUPLICATE: "Copy",
    State.REFUSED: "Refused",
    State.DEAD: "Dead",
    State.WAITING: "Waiting",
    State.RUNNING: "Under way",
}
STAGES = {
    Stage.ENQUEUE: "accept",
    Stage.DISPATCH: "send",
    Stage.FETCH: "fetch",
    Stage.PARSE: "read",
    Stage.LABEL: "label",
    Stage.STORE: "store",
    Stage.OPERATOR: "person",
    Stage.FORGET: "take-down",
}
LANES: dict[Lane, str] = {
    "urgent": "Urgent: before all others",
    "normal": "Normal",
    "bulk": "Bulk: when nothing else waits",
}
WARNINGS = {
    "truncated": "The page was cut off; the end is missing.",
    "too_deep": "The page is nested too deeply; parts may be missing.",
    "no_main_text": "No main text was found; what is shown may be the page around it.",
}
LANGUAGES = {
    "en": "English",
    "km": "Khmer",
    "th": "Thai",
    "vi": "Vietnamese",
    "lo": "Lao",
    "my": "Burmese",
    "fr": "French",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "id": "Indonesian",
    "ms": "Malay",
    "tl": "Tagalog",
    "ar": "Arabic",
    "fa": "Persian",
    "he": "Hebrew",
    "ru": "Russian",
    "es": "Spanish",
    "de": "German",
    "pt": "Portuguese",
    "it": "Italian",
    "hi": "Hindi",
    "uk": "Ukrainian",
    "tr": "Turkish",
}
"""English names of the languages that the press of the region and its partners is written in; others are shown by their code."""
PUBLISHED_SOURCES = {"json-ld": "JSON-LD", "meta": "a meta tag", "time": "a time element", "url": "its address", "guess": "a guess"}


def reason(word: str | None) -> str:
    """A reason in words; one that a newer version wrote as it stands."""
    return reason_words.words(word) if word else ""


def advice(word: str | None) -> str:
    """What to do about it."""
    try:
        return ADVICE[Reason.of(word or "")]
    except KeyError:
        return ""


def label(name: str | None) -> str:
    """A topic or source type by its name for people; one of the user's own as it stands."""
    return "None" if name is None else LABELS.get(name, name.replace("_", " ").capitalize())


def tone(name: str) -> str:
    """The colour class of a topic, empty for anything else; a topic of one's own has the same one everywhere, chosen by its name."""
    own = f"t{crc32(name.encode()) % COLOURS + 1}" if is_topic_name(name) else ""
    return TONES.get(name, own)


def state(name: str) -> str:
    """A state in a word."""
    return STATES[State(name)] if name in set(State) else name.capitalize()


def stage(name: str) -> str:
    """A stage in a word."""
    return STAGES[Stage(name)] if name in set(Stage) else name


def does(worker: str) -> str:
    """What a process without queues does, by its name `kind@host-process`."""
    return {"dispatcher": "sends what is due", "keeper": "stores results", "dashboard": "this page"}.get(worker.partition("@")[0], "")


def language(code: str | None) -> str:
    """A language's English name; its code where that is not known."""
    return LANGUAGES.get((code or "").partition("-")[0], code or "unknown language")


def warning(name: str) -> str:
    """What is known to be incomplete, in words."""
    return WARNINGS.get(name, f"{name.replace('_', ' ').capitalize()}.")


def decision(topic: TopicLabel) -> str:
    """`Yes`, `No` or `Unsure`."""
    return topic.decision.capitalize()


def beside_line(topic: TopicLabel) -> str:
    """Where a probability stands beside the line at which "yes" begins."""
    near = "Just" if topic.decision == "unsure" else "Well"
    side = "above" if topic.probability >= topic.threshold else "below"
    return f"{near} {side} the line at {topic.threshold:.0%}"


def host(name: str | None) -> str:
    """A host without the port that goes without saying."""
    return (name or "").removesuffix(":443").removesuffix(":80")


def number_of(found: Total) -> str:
    """`312`, `about 12,000`, `more than 1,000`."""
    return {"exact": "", "about": "about ", "more": "more than "}[found.how] + f"{found.number:,}"


def total(found: Total, one: str) -> str:
    """`1 article`, `about 12,000 articles`."""
    return plural(found.number, one) if found.how == "exact" else f"{number_of(found)} {one}s"


def plural(number: int | None, one: str, many: str = "") -> str:
    """`1 page`, `2 pages`, `? pages`."""
    shown = "?" if number is None else f"{number:,}"
    return f"{shown} {one}" if number == 1 else f"{shown} {many or one + 's'}"
