"""Our own additions to the catalogue of URLs: the same kinds, other instances."""

from __future__ import annotations

from urllib.parse import quote

from tests.lab.names import Script

PUBLIC4, PUBLIC6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
LONG = "a" * 63

BLOCKED = {
    "lit": ["http://127.0.0.1/", "http://0.0.0.0/", "http://172.16.0.1/", "http://192.168.0.1/", "http://100.64.0.1/", "http://198.18.0.1/",
            "http://198.19.255.255/", "http://198.51.100.7/", "http://192.0.0.8/", "http://224.0.0.251/", "http://255.0.0.1/", "http://10.255.255.255/"],
    "enc": ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/", "http://127.0.0.01/", "http://0x7f.0.0.1/", "http://00000177.1/",
            "http://127.0.0.1./", "http://127.0.0.1.../", "http://127.0.0.0x1/", "http://1.2.3/", "http://1.2.3.4.5/", "http://0x/", "http://１２７.0.0.1/",
            "http://127.0.0。1/", "http://127．0．0．1/", "http://ⓛocalhost/", "http://loca\u00adlhost/", "http://foo.localhost/", "http://localhost%00/",
            "http://127.0.0.1\t/", "http://127.0.0.1\n.pub.example/", "\thttp://127.0.0.1/", "http://127.0.0.1/ ", "http://local host/", "ht\ntp://127.0.0.1/",
            "http://%31%32%37.0.0.1/", "http://pub.example%2f@127.0.0.1/", "http://pub.example%00.loop.example/", "http://-127.0.0.1/", "http://0xffffffff/"],
    "six": ["http://[::1%lo]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fc00::1]/", "http://[::ffff:0:127.0.0.1]/", "http://[64:ff9b::10.0.0.5]/",
            "http://[2001::1]/", "http://[2001:2::1]/", "http://[2001:20::1]/", "http://[3fff::1]/", "http://[5f00::1]/", "http://[100::1]/", "http://[::ffff:7f00:1%25lo]/",
            "http://[2002:c0a8:101::1]/", "http://[2002:a9fe:a9fe::]/", "http://[2606:2800::200:5efe:127.0.0.1]/", "http://[2606:2800::5efe:a00:5]/", "http://[::]:80/",
            "http://[::1/", "http://::1/", "http://[::1]x/", "http://[127.0.0.1]/", "http://[v1.fe80::a]/", "http://[]/", "http://[:]/", "http://[3ffe::1]/", "http://[ff0e::1]/"],
    "dns": ["http://oneseven.example/", "http://oneninetwo.example/", "http://meta.example/", "http://ten.example/", "http://mapped.example/", "http://nat64.example/",
            "http://mixedpubfirst.example/", "http://own-servfail.example/", "http://own-cname-chain.example/", "http://own-multicast.example/", "http://own-isatap.example/",
            "http://own-many.example/", "http://LOOP.example/", "http://loop.example./", "http://own-wild.loop.example/"],
    "reb": ["http://rebindflip2.example/"],
    "red": [f"http://pub.example/redir?code={code}&to={quote(to, safe='')}" for code, to in (
        (301, "http://10.0.0.5/"), (308, "http://169.254.169.254/"), (302, "http://0x7f000001/"), (302, "http://[::ffff:10.0.0.5]/"), (302, "///127.0.0.1/"),
        (302, "/\\127.0.0.1/"), (302, "\\\\127.0.0.1/"), (302, "http:127.0.0.1/"), (302, "http://loop.example/"), (302, "http://pub.example:6379/"),
        (302, "javascript:alert(1)"), (302, "http://127.0.0.1:80\\@pub.example/"), (302, "http://localhost/"), (302, "//localhost./"), (302, "https://127.0.0.1/"),
        (302, "http://mixed46.example/"), (302, "jar:http://127.0.0.1!/"), (302, "http://127.1/"), (302, "//0/"))],
    "sch": ["ftp://pub.example/", "javascript:alert(1)", "data:text/html,hi", "jar:http://pub.example!/", "ws://pub.example/", "httpx://pub.example/", "http//pub.example/",
            "http:/pub.example/", ":http://pub.example/", "", "http", "http://", "https:///", "http://?x", "http://#x", "/etc/passwd", "mailto:a@pub.example", "h\u0131ttp://pub.example/"],
    "ui": ["http://user@pub.example/", "http://user:pw@pub.example/", "http://@pub.example/", "http://:@pub.example/", "http://127.0.0.1#@pub.example:99999/",
           "http://127.0.0.1?@pub.example/", "http://127.0.0.1;@pub.example/", "http://pub.example&@127.0.0.1/", "http://pub.example\\.loop.example/",
           "http://pub,example/", "http://pub example/", "http://[loop.example]/", "http://*.pub.example/", "http://pub..example/", "http://.pub.example/", "http://pub.example\u2044x/"],
    "port": ["http://pub.example:22/", "http://pub.example:0/", "http://pub.example:-1/", "http://pub.example:+80/", "http://pub.example:80:80/", "http://pub.example:8o/",
             "http://pub.example:99999/", "http://pub.example:８０/", "http://pub.example:80 /", "https://pub.example:25/", "http://pub.example:000000080/"],
    "idn": ["http://xn--/", "http://xn--a.example/", "http://xn--999999999.example/", "http://\u202epub.example/", "http://pub\u200b.exa\u2028mple/", "http://p\u0440\u200dub.example/"],
    "len": [f"http://{LONG}a.example/", "http://" + ".".join([LONG] * 4) + ".example/", "http://pub.example/" + "a" * 9000, "http://" + "é" * 300 + ".example/", "http://" + "a." * 5000 + "example/"],
}  # fmt: skip

ALLOWED = {
    "good": ["https://pub.example/", "http://pub.example:80/", "https://pub.example:443/", "http://PUB.Example/Path", "http://pub.example./", "http://pub.example/a%20b?x=1&y=[2]",
             "http://pub.example/a?next=//127.0.0.1/&u=user@host", "http://pub.example/@user/post", "http://pub.example/a#http://127.0.0.1/", "http://pub.example?x=1", "http://pub.example#x", "http://pub.example#@127.0.0.1\\/x:",
             "http://bücher.example/", "http://BÜCHER.example/", "http://xn--bcher-kva.example/ü?q=ü", "http://pub.example/ព័ត៌មាន", "http://pub.example/%zz", "http://pub.example/a:80/b",
             "http://93.184.216.34/", f"http://[{PUBLIC6}]/", "http://128.0.0.1/", "http://11.0.0.1/", "http://172.15.0.1/", "http://100.128.0.1/", "http://198.20.0.1/",
             "http://own-under_score.example/", "http://www-2.pub-news.example/", "http://9news.example/", "http://own-cname-good.example/", "http://pub.example/a?u=http://10.0.0.1\\x",
             "http://223.255.255.254/", "http://1.1.1.1/", "http://192.0.1.1/", "http://169.253.1.1/", "http://own-aaaa-fails.example/", "http://0xabc.example/", "http://1.2.3.example/"],
    "red": [f"http://pub.example/redir?code={code}&to={quote(to, safe='')}" for code, to in (
        (301, "https://pub.example/x"), (308, "/relative"), (307, "?q=1"), (303, "//dual.example/"), (302, "http://pub.example/a?u=http://127.0.0.1/"), (302, "HTTP://DUAL.example:80/x y"))],
}  # fmt: skip

SCRIPTS = {
    "own-servfail.example": Script(rcode=2),
    "own-cname-chain.example": Script(cname="a.own.example", a=[["10.1.1.1"]]),
    "own-multicast.example": Script(a=[["224.1.1.1"]]),
    "own-isatap.example": Script(aaaa=[["2606:2800::5efe:7f00:1"]]),
    "own-many.example": Script(a=[[f"93.184.216.{number}" for number in range(1, 30)] + ["192.168.7.7"]]),
    "own-wild.loop.example": Script(a=[["127.0.0.1"]]),
    "rebindflip2.example": Script(a=[[PUBLIC4], ["10.0.0.9"], [PUBLIC4]]),
    "own-under_score.example": Script(a=[[PUBLIC4]]),
    "www-2.pub-news.example": Script(a=[[PUBLIC4]]),
    "9news.example": Script(a=[[PUBLIC4]]),
    "0xabc.example": Script(a=[[PUBLIC4]]),
    "1.2.3.example": Script(a=[[PUBLIC4]]),
    "own-cname-good.example": Script(cname="cdn.example", a=[[PUBLIC4]], aaaa=[[PUBLIC6]]),
    "own-aaaa-fails.example": Script(a=[[PUBLIC4]], failing=("AAAA",)),
}


def cases() -> list[dict]:
    """In the catalogue's form."""
    found = []
    for expected, groups in (("block", BLOCKED), ("allow", ALLOWED)):
        for group, urls in groups.items():
            found += [
                {"id": f"own-{group}-{expected}-{number}", "url": url, "expected": expected, "why": "ours"}
                for number, url in enumerate(urls)
            ]
    return found
