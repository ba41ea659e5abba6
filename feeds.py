import time, resource
from worker.intake import feeds, sitemaps
from worker.errors import PressmarkError
import sys
big=int(sys.argv[1]) if len(sys.argv)>1 else 1
cases={
'lol':b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'+b''.join(b'<!ENTITY a%d "%s">'%(i,(b'&a%d;'%(i-1) if i else b'&a;')*10) for i in range(10))+b']><rss><channel><item><link>http://x/&a9;</link></item></channel></rss>',
'xxe':b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><link>http://x/&x;</link></item></channel></rss>',
'nest':b'<rss><channel>'+b'<a>'*500000+b'<item><link>http://x/1</link></item>',
'attrs':b'<rss><channel><item '+b' '.join(b'a%d="1"'%i for i in range(100000))+b'><link>http://x/1</link></item></channel></rss>',
'lt':b'<rss>'+b'<'*3000000, 'quote':b'<rss><item '+b'a="'*1000000,'amp':b'<rss><item><link>'+b'&'*3000000,'cdata':b'<rss>'+b'<![CDATA['*300000,'comment':b'<rss>'+b'<!--'*700000,'pi':b'<rss>'+b'<?'*1000000,'doctype':b'<!DOCTYPE '+b'['*1000000,
'decl':b'<!DOCTYPE x ['+b'<!ENTITY '*300000+b']><rss>',
'nul':b'<rss><channel>\0<item><link>http://x/\0</link></item>'+b'\0'*1000000,
'u16':b'\xff\xfe'+b'<\0r\0s\0s\0>\0\0\xd8'*10000,'enc':b'<?xml version="1.0" encoding="unicode_escape"?><rss><item><link>http://x/\\ud83d</link></item></rss>','enc2':b'<?xml version="1.0" encoding="zlib"?><rss><item><link>http://x/1</link></item></rss>','idna':b'<?xml version="1.0" encoding="idna"?><rss><item><link>http://x/1</link></item></rss>',
'ns':b'<rss '+b' '.join(b'xmlns:n%d="u"'%i for i in range(1000))+b'>'+b'<n1:a xmlns:n1="v">'*50000,
'base':b'<rss>'+b'<a xml:base="x/">'*5000+b'<item><link>y</link></item>','longbase':b'<feed>'+b'<a xml:base="%s/">'%(b'x'*1000)*3000+b''.join(b'<entry><link href="y%d"/></entry>'%i for i in range(200)),
'json':b'{"version":"https://jsonfeed.org/version/1.1","items":'+b'['*100000,'jsonnum':b'{"items":[{"url":'+b'9'*1000000+b'}]}','jsonsur':b'{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"http://x/\\ud83d"},{"url":"http://x/2"}]}','charref':b'<rss><channel><item><link>http://x/&#xD83D;&#0;&#99999999999999999999;</link></item></channel></rss>','crefs':b'<rss><channel><item><link>http://x/'+b'&#x41;'*700000,
'links':b'<rss><item>'+b'<link>u</link>'*300000+b'</item>','badclose':b'<rss><item>'+b'<b>'*100000+b'</a>'*200000,'ws':b'<rss><item><link>'+b' '*4000000+b'</link></item>','attrws':b'<rss><item a'+b' '*2000000+b'b'+b' '*2000000+b'>','endws':b'<rss></item'+b' '*4000000+b'x'}
for n,b in cases.items():
    for m in (feeds,sitemaps):
        t=time.process_time()
        try: r=m.links(b,'http://x/'); out=f'{len(r.urls)} urls {r.urls[:1]!r} {r.warnings[:1] if hasattr(r,"warnings") else ""}'
        except PressmarkError as e: out=f'ok {e}'
        except BaseException as e: out=f'!!! {type(e).__name__} {e}'
        d=time.process_time()-t
        if d>1.5 or '!!!' in out or m is feeds: print(f'{n:9}{m.__name__[-8:]} {d:.1f}s {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//1024}MB {out[:130]}',flush=True)
