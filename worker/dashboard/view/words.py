"""Say in words what reasons, states, labels and decisions mean, and what to do about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from classifier.labels import SourceType, Topic, TopicLabel
from worker.messages import Lane
from worker.reasons import Reason
from worker.storage.values import Stage, State

Act = Literal["send", "drop", "follow", "report", "host", "none"]
"""What helps: send again, drop, follow the feed that is named, tell the developers, look at the host; or nothing is needed."""


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason for people."""

    words: str
    """What happened."""
    advice: str
    """What to do, one sentence."""
    act: Act


REASONS = {
    Reason.BAD_URL: ReasonWords("Not an address", "Write it as a browser shows it.", "none"),
    Reason.SCHEME: ReasonWords("It needs http:// or https:// before it", "Write http:// or https:// before it.", "none"),
    Reason.PORT: ReasonWords("This port is not allowed here", "PRESSMARK_ALLOW_PORTS lists the ports that are.", "none"),
    Reason.CREDENTIALS: ReasonWords("Has a name and password in it", "Take them out.", "none"),
    Reason.PRIVATE_ADDRESS: ReasonWords("Leads into a private network", "Not allowed, unless PRESSMARK_ALLOW_PRIVATE names it.", "none"),
    Reason.ROBOTS: ReasonWords("The site asks not to be read (robots.txt)", "Pressmark obeys.", "none"),
    Reason.OPTED_OUT: ReasonWords("The site opted out", "Pressmark obeys.", "none"),
    Reason.FORGOTTEN: ReasonWords("Taken down here", "It stays out.", "none"),
    Reason.NOT_HTML: ReasonWords("Not a web page", "Pressmark reads HTML and plain text only: drop them.", "drop"),
    Reason.NOT_FEED: ReasonWords("Not a feed", "The address is a page: follow the feed that it names.", "follow"),
    Reason.TOO_BIG: ReasonWords("Larger than 5 MB", "No article is that large: drop them.", "drop"),
    Reason.TOO_MANY_REDIRECTS: ReasonWords("Sends us in circles", "Often mended within a day. Send again later.", "send"),
    Reason.HTTP_404: ReasonWords("Page not found", "Gone for good on most sites: drop them.", "drop"),
    Reason.HTTP_410: ReasonWords("Removed by the site", "Gone for good: drop them.", "drop"),
    Reason.HTTP_4XX: ReasonWords("Refused by the site", "Look at the host: it may refuse every program.", "host"),
    Reason.TLS: ReasonWords("TLS certificate not trusted", "Send again when the site has mended its certificate.", "send"),
    Reason.BAD_RESPONSE: ReasonWords("Answer that cannot be read", "Often over within a day. Send again.", "send"),
    Reason.DECODE: ReasonWords("Text in an unknown encoding", "Tell the developers: report the address.", "report"),
    Reason.PARSE_LIMIT: ReasonWords("Page too heavy to read", "Tell the developers: report the address.", "report"),
    Reason.POISON: ReasonWords("Page stops the reader", "Three readers stopped on it. Tell the developers.", "report"),
    Reason.NO_TEXT: ReasonWords("No text on the page", "Empty pages, or text that needs JavaScript. Send again, or drop.", "drop"),
    Reason.NOT_ARTICLE: ReasonWords("Not an article", "A list, a login or a consent wall: drop them.", "drop"),
    Reason.DNS: ReasonWords("Name not found", "Tried 5 times. Send again when the site is back.", "send"),
    Reason.CONNECT: ReasonWords("No connection", "Tried 5 times. Often over within a day. Send again.", "send"),
    Reason.TIMEOUT: ReasonWords("No answer in time", "Tried 5 times. Often over within a day. Send again.", "send"),
    Reason.TRUNCATED: ReasonWords("Answer cut off", "Tried 5 times. Often over within a day. Send again.", "send"),
    Reason.HTTP_429: ReasonWords("Too many requests, says the site", "Slow the host, then send again.", "host"),
    Reason.HTTP_5XX: ReasonWords("The site has a fault", "Tried 5 times. Send again later.", "send"),
    Reason.ROBOTS_UNAVAILABLE: ReasonWords(
        "robots.txt cannot be read", "Asked every hour, dead after 7 days. Send again when it can.", "send"
    ),
    Reason.SCHEMA: ReasonWords("Pressmark could not keep it", "Tell the developers: report the address.", "report"),
    Reason.DROPPED: ReasonWords("Dropped by a person", "Nothing is needed.", "none"),
    Reason.DUPLICATE: ReasonWords("Copy of an article that we have", "Nothing is needed.", "none"),
    Reason.KNOWN: ReasonWords("Known", "It was added before: read it.", "none"),
    Reason.NOT_MODIFIED: ReasonWords("Unchanged", "Nothing is needed.", "none"),
}
"""Every reason of the closed list."""

TOPICS = {Topic.BORDER_DISPUTE: "Border dispute", Topic.TRADE: "Trade", Topic.DEMINING: "Demining", Topic.CULTURE: "Culture"}
SOURCE_TYPES = {SourceType.OFFICIAL: "Official", SourceType.PROMOTIONAL: "Promotional", SourceType.INDEPENDENT: "Independent"}
LABELS = {str(name): shown for name, shown in (*TOPICS.items(), *SOURCE_TYPES.items())}
LABELS |= {"primary_topic": "Main topic", "source_type": "Source type"}
TONES = {str(topic): f"t{number % 4 + 1}" for number, topic in enumerate(Topic)}
"""The colour of each topic; with more than four they repeat, and the name is what tells."""

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
    found = _known(word)
    return REASONS[found].words if found else (word or "")


def advice(word: str | None) -> str:
    """What to do about it."""
    found = _known(word)
    return REASONS[found].advice if found else ""


def act_on(word: str | None) -> Act:
    """What helps."""
    found = _known(word)
    return REASONS[found].act if found else "none"


def _known(word: str | None) -> Reason | None:
    try:
        return Reason.of(word or "")
    except KeyError:
        return None


def label(name: str | None) -> str:
    """A topic or source type by its name for people; one of the user's own as it stands."""
    return "None" if name is None else LABELS.get(name, name.replace("_", " ").capitalize())


def tone(name: str) -> str:
    """The colour class of a topic, empty for anything else."""
    return TONES.get(name, "")


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


def plural(number: int | None, one: str, many: str = "") -> str:
    """`1 page`, `2 pages`, `? pages`."""
    shown = "?" if number is None else f"{number:,}"
    return f"{shown} {one}" if number == 1 else f"{shown} {many or one + 's'}"
