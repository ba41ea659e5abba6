from __future__ import annotations

import pytest

from worker.extract.words.boilerplate import Kind, boilerplate_kind


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Baca juga: Pendaki wajib bawa turun sampah", Kind.RELATED),
        ("BASAHIN: Guro, lumalangoy papuntang klase", Kind.RELATED),
        ("READ: Why the rains begin at the depot", Kind.RELATED),
        ("ဆက်စပ်သတင်း - ထီးတစ်လက်၏ ခရီး", Kind.RELATED),
        ("相关阅读", Kind.RELATED),
        ("อ่านเพิ่มเติม: ตลาดน้ำเปิดไฟ", Kind.RELATED),
        ("Sur le même sujet", Kind.RELATED),
        ("관련 기사", Kind.RELATED),
        ("PATALASTAS", Kind.ADVERT),
        ("Envoyer par e-mail", Kind.SHARE),
        ("ขนาดตัวอักษร ก ก ก", Kind.SHARE),
        ("👍 214 ❤️ 31", Kind.SHARE),
        ("See translation", Kind.SHARE),
        ("You've read 3 of 5 free articles.", Kind.WALL),
        ("You have the right to free articles of clothing, the union says.", None),
        ("Déjà abonné ? Connectez-vous", Kind.WALL),
        ("Sie haben noch 2 freie Artikel in diesem Monat.", Kind.WALL),
        ("Schon Mitglied der Partei war sein Vater.", None),
        ("¿Ya eres suscriptor? Inicia sesión", Kind.WALL),
        ("Artikel ini khusus untuk pelanggan", Kind.WALL),
        ("Bạn còn 2 bài viết miễn phí trong tháng này.", Kind.WALL),
        ("この記事は有料会員限定です。", Kind.WALL),
        ("La suite après la publicité", Kind.ADVERT),
        ("Continúa leyendo después de la publicidad", Kind.ADVERT),
        ("Nội dung được tài trợ", Kind.ADVERT),
        ("ADVERTENTIE", Kind.ADVERT),
        ("Schriftgröße: A A A", Kind.SHARE),
        ("Condividi su Facebook", Kind.SHARE),
        ("E-mail to a friend", Kind.SHARE),
        ("Diesen Artikel an Freunde senden", Kind.SHARE),
        ("Envoyer cet article à un ami", Kind.SHARE),
        ("Salin tautan", Kind.SHARE),
        ("In bài viết", Kind.SHARE),
        ("12,5 тыс. просмотров", Kind.SHARE),
        ("1.284 lượt xem", Kind.SHARE),
        ("Dibaca: 1.234 kali", Kind.SHARE),
        ("조회수 1,234", Kind.SHARE),
        ("Enjoying this story? Get every part of it for 1 euro. Subscribe now", Kind.NEWSLETTER),
        ("Did you enjoy the trip? The captain asked, and all twelve said yes.", None),
        ("Hat Ihnen dieser Artikel gefallen? Dann abonnieren Sie den Boten.", Kind.NEWSLETTER),
        ("Loved this film? The director of the harbour museum said that he had not.", None),
        ("Most relevant", Kind.SHARE),
        ("Bình luận (2)", Kind.COMMENTS),
        ("欢迎加入《槟榔报》WhatsApp频道，掌握最新资讯！", Kind.NEWSLETTER),
        ("If you value our work, please become a supporter.", Kind.NEWSLETTER),
        ("不得转载", Kind.COPYRIGHT),
        ("Toàn bộ bản quyền thuộc Báo Phương Xa", Kind.COPYRIGHT),
        ("【责任编辑:王晓梅】", Kind.BYLINE),
        ("报道／摄影：郑佩珊", Kind.BYLINE),
        ("Kong Socheata is a reporter at Hill Voice.", Kind.BYLINE),
        ("这是3月10日拍摄的巨鲶。南海社发（林索皮摄）", Kind.CREDIT),
        ("The mayor at the blessing of the nursery. (Photo courtesy of the town hall)", Kind.CREDIT),
        ("ម៉ាស៊ីនហាលម្រេច (រូប៖ សហការី)", Kind.CREDIT),
        ("▲遊客排隊進場。（圖／市府提供）", Kind.CREDIT),
        ("記者林小梅／台北報導", Kind.BYLINE),
        ("※ 本文版權所有，請勿轉載。", Kind.COPYRIGHT),
        ("Do you like the content of this article?", Kind.POPUP),
        ("ទំនាក់ទំនង៖ ០២៣ ០០០ ៥៥១", Kind.CONTACT),
        ("Artikel berkaitan: Harga getah naik", Kind.RELATED),
        ("1/4. Chhay Li splits bamboo.", Kind.CREDIT),
        ("(MORE)", Kind.POPUP),
        ("Tập huấn nuôi ong (12/01/2024)", Kind.RELATED),
        ("ອັດຕາແລກປ່ຽນ: 1 USD = 21,560 ກີບ", Kind.TICKER),
        ("1 USD = 4,011 KHR", Kind.TICKER),
    ],
)
def test_boilerplate_is_recognised_in_the_regions_languages(line, kind):
    assert boilerplate_kind(line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "He read: there was nothing else to do on the boat to Kratie.",
        "Tags were tied to the ears of 4,812 buffaloes.",
        "The ministry said that the newsletter would be sent to all schools.",
        "Disclaimer: the author owns a buffalo.",
        "Warm-up",
        "Chhay Li, 71, is a maker of kites.",
        "渔民吴速说，他起初以为渔网挂住了沉船。",
        "นายวิชัย กล่าวว่า สามนาทีคือเวลาที่นักท่องเที่ยวใช้ถ่ายรูปหนึ่งรูป",
    ],
)
def test_a_line_of_an_article_is_not_boilerplate(line):
    assert boilerplate_kind(line) is None
