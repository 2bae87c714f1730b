/**
 * Built-in rules for private keys, which go over many rows and mostly do not stand on the screen as a whole: one rule
 * for what stands between BEGIN and END, one for what follows a BEGIN, one for what comes before an END, and one for
 * bodies whose ends are both out of sight.
 */
import type { Rule } from '../rule.js';

/** What pagers, editors and diffs put before a row: numbers, a quote's or diff's sign, a bar, a sign that it goes on. */
const GUTTER = String.raw`[ \t]*(?:[0-9]{1,6}[ \t:|│]{1,4})?[ \t>+~|│↩↪↳…›»-]*`;
const BASE64 = '[A-Za-z0-9+/=]';
/**
 * A line of the header that encrypted keys have, and the one after it: a blank one ends the header (RFC 1421 section
 * 4.4), over which other text may stand that was never erased.
 */
const HEADER = String.raw`(?:Proc-Type|DEK-Info|Version|Comment|Hash):[^\n]*(?:\n[^\n]*)?`;
/** A line of base64 and nothing else but what quotes it or says that it goes on; or lines of a header; or none. */
const BODY = String.raw`(?:["']?${BASE64}+(?:\\n?)?["',]{0,3}|${HEADER})?[ \t\r]*`;
/** A blank at which a narrow window breaks the line is not there when its rows are joined. */
const KIND = '[ A-Z0-9_-]*PRIVATE ?KEY(?: ?BLOCK)?-----';
/** A BEGIN line, be it cut by the edge of a window. */
const BEGIN = '-----BEGIN[ A-Z0-9_-]*PRIVATE ?KEY(?: ?BLOCK)?-{0,5}';
const KEYWORDS = ['PRIVATE KEY', 'PRIVATEKEY'];
/** A line of base64 that is too long to be a word, with other text right of it. */
const BESIDE = String.raw`["']?${BASE64}{16,}(?:\\n?)?["',]{0,3}[ \t][^\n]*`;
const LINE = String.raw`\n${GUTTER}(?:${BESIDE}|${BODY})`;

/**
 * An END that is just being drawn over what stood there, of which some is left: dashes, and then what is not `END`. A
 * whole one is not matched.
 */
const HALF_END = `(?:-{1,4}${BASE64}+|-----(?:[A-DF-Z0-9+/=]|E[A-MO-Z0-9+/=]|EN[A-CE-Z0-9+/=])${BASE64}*)`;

/** How PRIVATE, RSA, EC, OPENSSH, DSA, ENCRYPTED and PGP go on after `-----BEGIN ` in base64; CERTIFICATE does otherwise. */
const ENCODED = ['BQUklWQVRF', 'BSU0Eg', 'BFQyBQ', 'BPUEVOU1NI', 'BEU0Eg', 'BFTkNSWVBU', 'BQR1AgUF'];

export const KEYS: readonly Rule[] = [
  {
    id: 'private-key',
    description: 'Private key, between its BEGIN and END lines',
    regex: String.raw`(?i)-----BEGIN${KIND}([\s\S]*?)-----END`,
    secretGroup: 1,
    keywords: KEYWORDS,
    // What follows a BEGIN is the next rule's: held by this one, all that is printed after it would be.
    hold: 'off',
  },
  {
    id: 'private-key-begin',
    description: 'Private key whose END line is out of sight',
    regex: String.raw`(?i)${BEGIN}[^\n]*((?:${LINE})+)`,
    secretGroup: 1,
    keywords: KEYWORDS,
  },
  {
    id: 'private-key-inline',
    description: 'Private key that goes on where its BEGIN ends: escaped as in JSON, or joined by a narrow window',
    regex: String.raw`(?i)${BEGIN}((?:\\n|${BASE64}){8,}${HALF_END}?["',]{0,3}[ \t\r]*(?:${LINE})*)`,
    secretGroup: 1,
    keywords: KEYWORDS,
  },
  {
    id: 'private-key-end',
    description: 'Private key whose BEGIN line is out of sight',
    regex: String.raw`(?im)((?:^${GUTTER}${BODY}\n)*^${GUTTER}(?:[A-Za-z0-9+/=]|\\n)*)-----END${KIND}`,
    secretGroup: 1,
    keywords: KEYWORDS,
    // Every word alone on a line is the prefix of a body.
    hold: 'off',
  },
  {
    id: 'private-key-base64',
    description: 'Private key that is base64 once more, as in a kubeconfig',
    regex: `LS0tLS1CRUdJTi(?:${ENCODED.join('|')})[A-Za-z0-9+/]{20,}={0,2}`,
    keywords: ENCODED.map((kind) => `LS0tLS1CRUdJTi${kind}`),
    caseSensitive: true,
  },
  {
    id: 'base64-block',
    description: 'Two or more rows of base64 at one column: the body of a key or certificate',
    regex: String.raw`(?:^|[\s"'|│+>:])([A-Za-z0-9+/]{40,}={0,2})(?:$|[\s"'\\|│,])`,
    secretGroup: 1,
    minRows: 2,
    // Hex has at most 4 bits a character, so sums and commit ids stay readable; base64 of 40 has near 5.
    entropy: 4.2,
    // Paths and words have no digits, or no capitals.
    allowlists: [{ regexes: ['^[^0-9]*$', '^[^A-Z]*$', '^[^a-z]*$'] }],
  },
];
