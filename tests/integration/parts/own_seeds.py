"""Invented labelled articles on topics of one's own: real sentences, varied by place, office and number."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

SENTENCES = {
    "migration": (
        "{n} migrant workers without papers returned through the {place} crossing after their permits ran out.",
        "Asylum seekers from {place} told the reception centre that they had walked for {n} days.",
        "The labour ministry registered {n} migrants from {place} and promised them residence cards.",
        "Families that left {place} to work abroad sent home less money, and {n} emigrants came back.",
    ),
    "air_quality": (
        "Fine dust over {place} reached {n} micrograms, and the smog alarm closed the schools.",
        "Sensors in {place} measured haze from burning fields for {n} hours, and masks were handed out.",
        "The air of {place} was unhealthy on {n} days of the year because of soot and ozone.",
    ),
    "border_dispute": (
        "Both states claim the hill near {place}, and their maps differ by {n} metres along the contested border.",
        "Soldiers of the two armies faced each other at the disputed boundary near {place} for {n} hours.",
        "The boundary commission met over the contested frontier at {place} and set {n} markers.",
    ),
    "trade": (
        "Exports through {place} rose by {n} per cent after both countries cut tariffs on rice.",
        "Customs at {place} cleared {n} containers of goods under the new free trade agreement.",
        "Importers in {place} paid a duty of {n} dollars a tonne on foreign steel.",
    ),
    "demining": (
        "Deminers cleared {n} landmines from the fields of {place} and burnt the unexploded shells.",
        "A mine clearance team found {n} cluster munitions beside the school of {place}.",
        "A farmer of {place} lost a leg to a landmine that had lain in the soil for {n} years.",
    ),
    "culture": (
        "Dancers of {place} performed the old court ballet at the temple festival before {n} guests.",
        "The museum of {place} restored {n} stone carvings of the ancient temple.",
        "Weavers in {place} teach the traditional silk craft to {n} pupils.",
    ),
    "fisheries": (
        "Trawlers from {place} landed {n} tonnes of herring before the quota was used up.",
        "The fishing fleet of {place} stayed in harbour, and {n} nets were mended on the quay.",
        "Fishermen off {place} may catch {n} crates of cod while the spawning ground is closed.",
    ),
    "railways": (
        "The night train to {place} was {n} minutes late because a locomotive failed on the single track.",
        "Engineers replaced {n} sleepers and two signals on the railway line to {place}.",
        "Passengers at {place} station waited for the express while {n} carriages were coupled.",
    ),
    "epidemics": (
        "The hospital of {place} counted {n} cases of cholera and opened an isolation ward.",
        "Nurses vaccinated {n} children in {place} against the measles outbreak.",
        "The infection spread from {place}, and {n} patients with dengue fever were admitted.",
    ),
}
WORDS = {"migration": 'words = ["migrant*", "emigrant*", "asylum", "residence card*"]'}
"""A topic with words that speak for it."""
NEUTRAL = (
    "The council of {place} repaired {n} street lamps last week.",
    "Pupils in {place} sat their examination in {n} rooms.",
    "Rain fell on {place} for {n} hours, and the market closed early.",
)
SPEAKERS = {
    "official": "The ministry hereby announces the following decision on {place}, the minister's office said in a statement.",
    "promotional": "Book now and enjoy an unforgettable stay in {place} with our award-winning team, from only {n} dollars!",
    "independent": "Residents of {place} told our reporter that they doubted it, while an analyst and the opposition gave other figures.",
}
PLACES = ("Samlot", "Veal Renh", "Tanum", "Krala", "Odar", "Banlung", "Phsar Leu", "Komrieng", "Lower Bay", "Aranta", "Surat", "Northport")
EACH = 40
"""Articles of a topic, and of none: enough for a small model that tells these sentences apart."""


def text(topic: str | None, number: int, kind: str = "independent") -> str:
    """Four paragraphs on a topic, or on none; the same for the same number."""
    chance = random.Random(f"{topic} {number}")
    lines = [*chance.sample(SENTENCES[topic] if topic else NEUTRAL, 3), chance.choice(NEUTRAL)]
    told = [line.format(place=chance.choice(PLACES), n=chance.randint(3, 900)) for line in lines]
    return "\n\n".join([*told[:2], SPEAKERS[kind].format(place=chance.choice(PLACES), n=number), *told[2:]])


def write_seeds(folder: Path, topics: Iterable[str]) -> None:
    """A folder of seeds with its `labels.toml`: `EACH` articles a topic, as many on none."""
    folder.mkdir(parents=True)
    names = list(topics)
    (folder / "labels.toml").write_text(
        "".join(f'[topics.{name}]\ndescription = "what is reported on {name}"\n{WORDS.get(name, "")}\n' for name in names)
    )
    records = [_record(topic, number) for topic in (*names, None) for number in range(EACH)]
    (folder / "own.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))


def _record(topic: str | None, number: int) -> dict[str, object]:
    kind = tuple(SPEAKERS)[number % 3]
    labels = {"topics": [topic] if topic else [], "primary": topic, "source_type": kind, "language": "en", "origin": "authored"}
    return {
        "id": f"{topic}-{number}",
        "title": f"Report {number} from {PLACES[number % len(PLACES)]}",
        "text": text(topic, number, kind),
        **labels,
    }
