/**
 * Built-in rules for secrets that only their surroundings give away: a name before them, a flag, a URL. The group is
 * the secret; what stands before it stays readable.
 */
import type { Allowlist, Rule } from '../rule.js';

/** Values that stand for a value: variables, templates, placeholders, the words of types and of nothing. */
const PLACEHOLDERS: Allowlist = {
  regexes: [
    String.raw`^\$`,
    '^%[A-Za-z_]+%$',
    String.raw`^(?:<[^>]*>|\{\{.*|\[[A-Za-z_ -]+\])[,;.]?$`,
    '(?i)^(?:your|my|the|a|some|example)?[-_ ]?(?:password|passwd|passphrase|pass|pwd|secret|token|key|api[-_]?key)["\\x60.,;:)\\]]*$',
    String.raw`^[*•\x{2588}.xX_-]+[,;]?$`,
    '(?i)^(?:string|str|number|int|bool(?:ean)?|bytes|null|nil|none|true|false|undefined|optional|required|unset|empty)[?,;|)]*$',
  ],
};

/** An unquoted value without a digit, or of a few digits: the text of a program, not a secret. */
const PLAIN_WORDS: Allowlist = {
  regexTarget: 'match',
  regexes: [String.raw`^[^"'\x60:=]*["'\x60]?[ \t]*(?:=>|:=|=|:)[ \t]*(?:[^0-9"'\x60]*|[0-9]{1,5})$`],
};

/** Words of text, and names of programs: letters whose capitals begin words. Base64 without a digit has them anywhere. */
const WORDS_OF_A_PROGRAM = '^(?:[a-z]?(?:[A-Z]{0,5}[a-z]{2,}|[._-][a-z]?)*[A-Z]{0,5}[._-]?|[A-Z._-]+)$';

/** `PWD` and a path: the shell's working folder, as in `$PWD:/src` and in a listing of the environment. */
const WORKING_FOLDER: Allowlist = {
  regexTarget: 'match',
  regexes: [String.raw`(?i)^pwd["']?[ \t]*[:=][ \t]*["']?[/~.$]`],
};

/**
 * What may be a name and the first digits of a password is taken for a host and its port while the name looks like
 * one: `localhost`, an IPv4 address, words with a dot between them. A name like `first.last` with a password that
 * begins with digits pays for it: up to five of them show until something else is typed.
 */
const HOST_AND_PORT = String.raw`^.://(?:localhost|(?:[\w-]+\.)+[\w-]+):[0-9]{0,5}$`;

const NAMES =
  'pass(?:word|wd|phrase)|secret|token|api[ _-]?key|access[ _-]?key|private[_-]?key|secret[ _-]?key|credentials?|pwd';
/** A quote, be it escaped in another string. */
const QUOTE = String.raw`\\{0,3}["'\x60]`;
const ASSIGNS = String.raw`(?:${QUOTE})?[ \t]{0,3}(?:=>|:=|=|:)[ \t]{0,3}`;
const NAMED_VALUE = String.raw`(?i)(?:${NAMES})(?:[_-][\w.-]{0,20})?${ASSIGNS}`;
/** As {@link NAMED_VALUE}, but not what looks like an image and its tag: `acme/token-service:1.4`. */
const NAMED_PLAIN = String.raw`(?i)(?:${NAMES})(?:(?:_[\w.-]{0,20})?${ASSIGNS}|-[\w.-]{0,20}["'\x60]?[ \t]{0,3}(?:=>|:=|=|:[ \t])[ \t]{0,3})`;
const NAME_WORDS = ['password', 'passwd', 'passphrase', 'secret', 'token', 'key', 'credential', 'pwd'];
/** What stands between two words of a file: blanks, or the end of a line and what pagers and diffs put before the next. */
const NEXT_WORD = String.raw`(?:[ \t]+|\s*\n[ \t]*(?:[0-9]{1,6}[ \t:|│]{1,4})?[ \t>+|│-]*)`;
const NEXT_WORD_OR_BRACE = String.raw`(?:[ \t{]*|\s*\n[ \t]*(?:[0-9]{1,6}[ \t:|│]{1,4})?[ \t>+|│-]*)`;
const ENV_NAMES = 'PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?';
const ENV_WORDS = [
  '_PASS=',
  'SSHPASS=',
  'MYSQL_PWD=',
  'PASSWORD',
  'PASSWD',
  'PASSPHRASE',
  'SECRET',
  'TOKEN',
  'KEY',
  'CREDENTIAL',
];

export const CONTEXTS: readonly Rule[] = [
  {
    id: 'url-password',
    description: 'Password in a URL',
    regex: String.raw`[\w+.-]://[^\s/:@'"]*:([^\s/'"]+)@`,
    secretGroup: 1,
    keywords: ['://'],
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    ordinary: [HOST_AND_PORT],
    learn: 'random',
  },
  {
    id: 'auth-header',
    description: 'Credentials of an HTTP header',
    regex: String.raw`(?i)(?:authorization["']?[ \t]{0,3}[:=][ \t]{0,3}["'\x60]?(?:basic|bearer|token|digest|negotiate|apikey)?[ \t]{0,3}|\bx-(?:[a-z]{1,20}-){0,3}(?:key|token|secret)["']?[ \t]{0,3}:[ \t]{0,3}["']?|["'\x60:=][ \t]{0,3}bearer[ \t]{1,3})([\w.~+/=:-]{8,})`,
    secretGroup: 1,
    keywords: ['authorization', 'bearer', 'x-'],
    allowlists: [PLACEHOLDERS, { regexes: [WORDS_OF_A_PROGRAM] }],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'env-assignment',
    description: 'NAME=value where the name says that it is a secret',
    regex: String.raw`(?:(?:\b|_|PG)(?:${ENV_NAMES})(?:_[A-Z0-9_]{0,40})?|_PASS|SSHPASS|MYSQL_PWD)=(?:"([^"\n]{3,})|'([^'\n]{3,})|["']?([^\s"']{3,}))`,
    keywords: ENV_WORDS,
    caseSensitive: true,
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'key-value',
    description: 'Quoted value after password, secret, token, key',
    regex: `${NAMED_VALUE}${QUOTE}${String.raw`([^\s"'\x60]{4,})`}${QUOTE}`,
    secretGroup: 1,
    keywords: NAME_WORDS,
    allowlists: [PLACEHOLDERS, WORKING_FOLDER, { regexes: ['^#[0-9A-Fa-f]{3,8}$'] }],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'key-value-changed',
    description:
      'The new one of two quoted values: right behind the old one in a diff by words, behind an arrow in a plan',
    regex: `${NAMED_VALUE}${QUOTE}${String.raw`[^\s"'\x60]{4,}`}${QUOTE}(?: -> )?${QUOTE}${String.raw`([^\s"'\x60]{4,})`}${QUOTE}`,
    secretGroup: 1,
    keywords: NAME_WORDS,
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'key-value-plain',
    description: 'Value with digits, without quotes, after password, secret, token, key',
    regex: `${NAMED_PLAIN}${String.raw`([^\s"'\x60,;(){}<>\[\]]{6,})`}`,
    secretGroup: 1,
    keywords: NAME_WORDS,
    allowlists: [PLACEHOLDERS, PLAIN_WORDS, WORKING_FOLDER],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'password-prompt',
    description: 'What follows a prompt or label for a password, at the end of a line',
    regex: String.raw`(?i)(?:^|[ \t])(?:[a-z_.-]{0,20}password|passphrase|passcode|pin)(?: (?:for|of|from) [^:\n]+)?:[ \t]{0,3}(\S{3,})[ \t]{0,3}$`,
    secretGroup: 1,
    keywords: ['password', 'passphrase', 'passcode', 'pin'],
    // A URL, or a word in a sentence that goes on.
    allowlists: [PLACEHOLDERS, { regexes: ['^//', '^[A-Za-z]+[).:,;]+$'] }],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'password-flag',
    description: 'Value of a flag such as --password',
    regex: String.raw`(?:^|[ \t])--(?:[a-z]{1,20}-){0,3}(?:password|passwd|passphrase|token|secret|api-key)(?:=|[ \t]{1,3})["']?([^\s"']{3,})`,
    secretGroup: 1,
    keywords: ['-password', '-passwd', '-passphrase', '-token', '-secret', '-api-key'],
    allowlists: [
      PLACEHOLDERS,
      // Flags that are about a secret and take none.
      { regexTarget: 'match', regexes: ['--(?:ask|change|get|has|list|no|require|reset|set|show|use)-'] },
      { regexTarget: 'match', regexes: [String.raw`[ \t]["']?[a-z-]+[.,;:)]*$`, '[= ][A-Z_‐-]+[.,;:)]*$'] },
    ],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'curl-user',
    description: 'Password of curl -u',
    // The command may go on in lines of its own.
    regex: String.raw`\bcurl\b(?:[^\n]|\\[ \t]*\n)*?(?:[ \t]|\\[ \t]*\n)(?:-u|--user|-U|--proxy-user)(?:=|[ \t]{0,3})["']?[^\s:"']+:([^\s"']+)`,
    secretGroup: 1,
    keywords: ['curl'],
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'database-password-flag',
    description: 'Password glued to -p of a MySQL client',
    regex: String.raw`\b(?:mysql[a-z]{0,10}|mariadb(?:-[a-z]{1,10})?)\b[^|;\n]*?[ \t]-p([^\s"']+|"[^"]+"|'[^']+')`,
    secretGroup: 1,
    keywords: ['mysql', 'mariadb'],
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'sshpass-password',
    description: 'Password given to sshpass',
    regex: String.raw`\bsshpass[ \t]{1,3}-p[ \t]{0,3}([^\s"']+|"[^"]+"|'[^']+')`,
    secretGroup: 1,
    keywords: ['sshpass'],
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'login-password-flag',
    description: 'Password given by -p to docker login, mongosh and their kin',
    regex: String.raw`\b(?:(?:docker|podman|buildah|skopeo|nerdctl|oras|helm)\b[^|;\n]*?[ \t]login|mongo[a-z]{0,10})\b[^|;\n]*?[ \t]-p(?:[ \t]{1,3}["']?|["'])([^\s"'-][^\s"']{2,})`,
    secretGroup: 1,
    keywords: ['login', 'mongo'],
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'netrc-password',
    description: 'Password of a .netrc file',
    regex: String.raw`\bmachine[ \t]+\S+${NEXT_WORD}login[ \t]+\S+${NEXT_WORD}(?:account[ \t]+\S+${NEXT_WORD})?password[ \t]+(\S+)`,
    secretGroup: 1,
    keywords: ['machine'],
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'basic-auth-value',
    description: 'User and password in base64: auth of a Docker configuration, _auth of npm',
    regex: String.raw`(?:"auth"|'auth'|(?:^|[\s:])_auth)[ \t]{0,3}[:=][ \t]{0,3}["']?([A-Za-z0-9+/]{8,}={0,2})`,
    secretGroup: 1,
    keywords: ['"auth"', "'auth'", '_auth'],
    allowlists: [{ regexes: [WORDS_OF_A_PROGRAM] }],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'aws-secret-access-key',
    description: 'AWS secret access key: by its name, or behind its id',
    regex: String.raw`(?i:secret(?:access|_access_|-access-| access )key)["']?[ \t]*(?:\[[^\]\n]{0,24}\])?[ \t]*[:=|,][ \t]*["']?([A-Za-z0-9/+]{40})|\b(?:AKIA|ASIA)[A-Z0-9]{16}[ \t,]+(?:[0-9TZ:.+-]{10,30}[ \t]+)?([A-Za-z0-9/+]{40})`,
    keywords: ['secretaccesskey', 'secret_access_key', 'secret access key', 'secret-access-key', 'AKIA', 'ASIA'],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'named-value',
    description:
      'Value that stands apart from a name that says that it is a secret: in manifests, in outputs of Terraform',
    regex: String.raw`(?i)(?:${NAMES})[\w.-]{0,20}["']?[ \t]*[:=]?[ \t]*[{,]?${NEXT_WORD_OR_BRACE}(?:["']?(?:sensitive|type|description)["']?[ \t]*[:=][ \t]*["']?[^\s"',]{0,40}["']?,?${NEXT_WORD_OR_BRACE}){0,3}["']?(?:value["']? ?[:=]|default ?=)[ \t]*["']?([^\s"'\x60,;(){}<>\[\]]{6,})`,
    secretGroup: 1,
    // Aligned columns are one blank when they are folded.
    keywords: ['value"', "value'", 'value:', 'value :', 'value=', 'value =', 'default=', 'default ='],
    allowlists: [PLACEHOLDERS, { regexes: ['^[^0-9]*$', '^[0-9]{1,5}$'] }],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'word-diff',
    description: 'Values that a diff by words puts between brackets',
    regex: String.raw`(?i)(?:(?:${NAMES})(?:[_-][\w.-]{0,20})?${ASSIGNS}|(?:basic|bearer|token)[ \t]+)(?:\[-|\{\+)["']?([^\s"']{4,}["']?(?:-\]\{\+["']?[^\s"']{4,})?)`,
    secretGroup: 1,
    keywords: ['[-', '{+'],
    allowlists: [PLACEHOLDERS],
    hold: 'open',
    learn: 'random',
  },
  {
    id: 'azure-shared-access-signature',
    description: 'Signature of an Azure SAS URL',
    regex: '[?&]sig=([A-Za-z0-9%]{30,})',
    secretGroup: 1,
    keywords: ['sig='],
    learn: 'fragments',
  },
  {
    id: 'password-hash',
    description: 'Hash of a password, as in /etc/shadow',
    regex: String.raw`\$(?:1|5|6|7|y|gy|apr1|2[abxy]?|argon2(?:id|i|d))\$[./A-Za-z0-9$=,+-]{20,}`,
    keywords: ['$1$', '$apr1$', '$5$', '$6$', '$7$', '$y$', '$gy$', '$2$', '$2a$', '$2b$', '$2x$', '$2y$', '$argon2'],
    hold: 'open',
    learn: 'fragments',
  },
  {
    id: 'azure-account-key',
    description: 'Key of an Azure connection string',
    regex: '(?i)(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{20,}={0,2})',
    secretGroup: 1,
    keywords: ['AccountKey=', 'SharedAccessKey='],
    learn: 'fragments',
  },
];
