from __future__ import annotations

import pytest

from worker.extract.fields.language import language_of

TEXTS = {
    "km": "ក្រសួងការបរទេសបានជួបពិភាក្សាជាមួយឯកអគ្គរដ្ឋទូត ស្តីពីកិច្ចសហប្រតិបត្តិការ។",
    "th": "กระทรวงการต่างประเทศแถลงข่าวเกี่ยวกับความร่วมมือระหว่างสองประเทศ",
    "lo": "ກະຊວງການຕ່າງປະເທດໄດ້ພົບປະກັບທູດ ກ່ຽວກັບການຮ່ວມມື",
    "my": "နိုင်ငံခြားရေးဝန်ကြီးဌာနက သံအမတ်ကြီးနှင့် တွေ့ဆုံခဲ့သည်",
    "vi": "Bộ trưởng đã gặp đại sứ để thảo luận về hợp tác giữa hai nước trong những năm tới.",
    "zh": "外交部长会见了大使，就两国合作交换了意见，双方同意加强贸易往来。",
    "fr": "Le ministre a rencontré l'ambassadeur pour discuter de la coopération entre les deux pays.",
    "en": "The minister met the ambassador to discuss the cooperation between the two countries.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_the_regions_languages_are_identified(code):
    assert language_of(TEXTS[code]) == code


def test_a_short_text_has_the_language_that_its_page_states():
    assert language_of("OK", "en-GB") == "en"
    assert language_of("OK", "x-unknown") is None


def test_the_page_decides_between_languages_that_are_hardly_distinguishable():
    text = "Harga garam di pulau itu naik lagi pada musim hujan, dan para petani menunggu matahari sambil menghitung karung yang tersisa."
    assert {language_of(text, "id"), language_of(text, "ms")} == {"id", "ms"}
    assert language_of(text, "th") in {"id", "ms"}
