from __future__ import annotations

import hashlib
import unicodedata

from worker.extract.near_duplicates import content_sha256, copy_marks, distance, simhash
from worker.extract.shared_words import common_share, words_of

TEXT = " ".join(
    f"Sentence number {n} tells how the ministry of item {n * 7 % 31} met delegation {n * 13 % 57} on subject {n * n % 91}."
    for n in range(60)
)


def test_the_digest_is_that_of_the_contract():
    composed = "Türkiye  meets\n\nPhnom Penh "
    decomposed = unicodedata.normalize("NFD", composed)
    assert content_sha256(composed) == content_sha256(decomposed) == hashlib.sha256("Türkiye meets Phnom Penh".encode()).hexdigest()


def test_a_copy_with_another_dateline_is_near_and_another_text_is_far():
    # Given a release, its copy on another site, and a different text
    copy = f"Phnom Penh (AKP), 3 May 2024 - {TEXT} Source: the ministry"
    other = "A festival of boats drew crowds to the river, where teams from all provinces raced under a full moon. " * 20
    # Then the copy differs in few bits, the other in many
    assert distance(simhash(TEXT), simhash(copy)) <= 6
    assert distance(simhash(TEXT), simhash(other)) >= 16


def test_scripts_without_spaces_are_compared_letter_by_letter():
    khmer = "ក្រសួងការបរទេសបានជួបពិភាក្សាជាមួយឯកអគ្គរដ្ឋទូត" * 10
    assert distance(simhash(khmer), simhash(khmer + "ថ្ងៃនេះ")) <= 8


def test_an_empty_text_has_the_empty_hash_and_no_marks():
    assert simhash(" \n") == "0" * 16
    assert copy_marks(" \n") == []


def shared(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(copy_marks(one), copy_marks(other), strict=True))


def test_a_copy_without_its_tail_or_with_another_lead_shares_marks_and_another_text_shares_none():
    other = "A festival of boats drew crowds to the river, where teams from all provinces raced under a full moon. " * 20
    assert shared(TEXT, TEXT.upper()) == 4
    assert shared(TEXT, TEXT[: len(TEXT) * 3 // 4]) > 0
    assert shared(TEXT, other[: len(TEXT) // 5] + TEXT[len(TEXT) // 5 :]) > 0
    assert shared(TEXT, other) == 0


def test_letters_of_scripts_without_spaces_make_marks_in_longer_runs():
    khmer = "ក្រសួងការបរទេសបានជួបពិភាក្សាជាមួយឯកអគ្គរដ្ឋទូតនៅរាជធានីភ្នំពេញកាលពីថ្ងៃច័ន្ទ"
    other = "កម្ពុជានាំចេញអង្ករទៅប្រទេសចិនក្នុងឆ្នាំនេះបានច្រើនជាងឆ្នាំមុនតាមក្រសួងការបរទេស"
    assert shared(khmer, khmer + "ថ្ងៃនេះ") >= 3
    assert shared(khmer, other) == 0


def test_marks_fit_the_integers_of_every_database_and_are_no_quarter_of_a_simhash():
    assert all(1 << 30 <= mark < 1 << 31 for text in (TEXT, "word", "two words") for mark in copy_marks(text))


def test_the_share_that_was_taken_over_is_of_the_copys_words():
    wire, report = words_of(TEXT), words_of(f"Our reporter adds a sentence of his own here. {TEXT}")
    assert common_share(wire, wire) == common_share(wire, report) == 1
    assert 0.98 < common_share(report, wire) < 1
    half = words_of(TEXT)[: len(wire) // 2] + words_of("A festival of boats drew crowds to the river. " * 100)
    assert common_share(half, wire) < 0.5 < common_share(wire, half) + 0.01
    assert common_share(words_of("a festival of boats"), wire) == 0
    assert common_share([], wire) == common_share(wire, []) == 0


def test_letters_of_scripts_without_spaces_are_not_in_common_by_chance():
    one = words_of("ក្រសួងការបរទេសបានជួបពិភាក្សាជាមួយឯកអគ្គរដ្ឋទូតនៅរាជធានីភ្នំពេញ")
    other = words_of("កម្ពុជានាំចេញអង្ករទៅប្រទេសចិនក្នុងឆ្នាំនេះបានច្រើនជាងឆ្នាំមុន")
    assert common_share(one, other) == 0
    assert common_share(one, other + one) == 1
