/** Rule files: what loads, and what is said of those that do not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LecternError } from '../../src/core/errors.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { programOf, sample } from '../../src/core/redact/program.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { compile } from '../../src/core/redact/rule.js';
import { loadRules } from '../../src/ops/rules.js';
import { parseDotenv } from '../../src/ops/secrets.js';
import { randomFrom } from '../support/typed.js';

const folder = mkdtempSync(join(tmpdir(), 'lectern-rules-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The complaint about a file, with the folder cut off. */
function complaint(...files: readonly string[]): string {
  try {
    loadRules(files, {});
  } catch (error) {
    assert.ok(error instanceof LecternError && error.code === 'CONFIG');
    return error.message.replaceAll(`${folder}/`, '');
  }
  return '';
}

const GITLEAKS = `
title = "a gitleaks config"
minVersion = "v8.25.0"
[allowlist]
description = "global"
paths = ['''\\.lock$''']
regexes = ['''^x+$''']
stopwords = ["example"]
[[rules]]
id = "one"
description = "One"
regex = '''(?i)\\bone_([a-z0-9]{8})(?:['"\\s;]|$)'''
entropy = 2.5
keywords = ["one_"]
[[rules.allowlists]]
condition = "AND"
paths = ['''\\.md$''']
regexes = ['''a''']
[[rules.allowlists]]
regexTarget = "line"
regexes = ['''^#''']
[[rules]]
id = "file"
description = "only a file's name"
path = '''\\.p12$'''
[[rules]]
id = "two"
regex = '''two=(a|b)(c+)'''
secretGroup = 2
tags = ["x"]
`;

test('a configuration of gitleaks loads: paths mean nothing, rules for names of files are left out', () => {
  const { rules } = loadRules([file('gitleaks.toml', GITLEAKS)], {});
  const own = rules.filter(({ origin }) => origin !== 'built-in');
  assert.deepEqual(
    own.map(({ id }) => id),
    ['one', 'two'],
  );
  assert.equal(rules.length, BUILT_IN_RULES.length + 2);
  assert.deepEqual(structuredClone(own), own);
  const redactor = Redactor.of(own);
  const spans = (text: string) => redactor.spansOf(text).map(({ from, to, rule }) => `${rule} ${from}-${to}`);
  assert.deepEqual(spans('one_abcdefgh;'), ['one 4-12'], 'an allowlist that needs a path never holds');
  assert.deepEqual(spans('# one_abcdefgh'), []);
  assert.deepEqual(spans('two=accc'), ['two 5-8']);
});

test('older and newer forms of gitleaks load too, and mask no less than it finds', () => {
  const text = [
    "[[rules]]\nid='old'\nregex='old_(\\w{8,})'\nkeywords=['OLD_']",
    "[rules.allowlist]\nregexTarget='line'\nregexes=['^#']\nstopwords=['EXAMPLE']",
    "[[rules]]\nid='near'\nregex='near_(\\w{8,})'\nskipReport=true\n[[rules.required]]\nid='old'\nwithinLines=5",
    "[[rules]]\nid='both'\nregex='both_(\\w{8,})'\n[[rules.allowlists]]\ncondition='and'",
    "regexes=['^aaa']\nstopwords=['zzz']",
  ].join('\n');
  const own = loadRules([file('forms.toml', text)], {}).rules.filter(({ origin }) => origin !== 'built-in');
  const redactor = Redactor.of(own);
  const ids = (line: string) => redactor.spansOf(line).map(({ rule }) => rule);
  assert.deepEqual(ids('Old_ no, old_abcdefgh'), ['old']);
  assert.deepEqual(ids('# old_abcdefgh'), [], 'the line is allowed');
  assert.deepEqual(ids('old_xexamplex'), [], 'a stopword, whatever its case');
  assert.deepEqual(ids('near_abcdefgh'), ['near'], 'masked by itself');
  assert.deepEqual(ids('both_aaabcdef'), ['both']);
  assert.deepEqual(ids('both_aaazzzxx'), []);
});

test('the allowlist of a file is for its own rules, and for built-in ones that it names', () => {
  const other = file('other.toml', "[[rules]]\nid='three'\nregex='three=(\\w+)'\nkeywords=['three']\n");
  const { rules } = loadRules([file('gitleaks.toml', GITLEAKS), other], {});
  const spans = Redactor.of(rules).spansOf('three=example');
  assert.equal(spans.length, 1);
  const named = file('named.toml', "[[allowlists]]\ntargetRules=['url-password']\nstopwords=['demo']\n");
  const url = 'postgres://me:demo1234@host/x';
  assert.equal(Redactor.of(loadRules([], {}).rules).spansOf(url).length, 1);
  assert.equal(Redactor.of(loadRules([named], {}).rules).spansOf(url).length, 0);
});

test('built-in rules are on unless they are switched off, all or by id', () => {
  const ids = (text: string) => loadRules([file('off.toml', text)], {}).rules.map(({ id }) => id);
  assert.equal(ids('').length, BUILT_IN_RULES.length);
  assert.deepEqual(ids('[extend]\nuseDefault = false'), []);
  assert.ok(!ids('[extend]\ndisabledRules = ["jwt"]').includes('jwt'));
});

test('all faults of all files are told at once, each with its place, its rule and what to do', () => {
  const bad = file(
    'bad.toml',
    [
      '[[rules]]',
      'id = "a"',
      "regex = '''(?=x)'''",
      '[[rules]]',
      'id = "b"',
      "regex = '''x*'''",
      '',
      '[[rules]]',
      'id = "a"',
      "regex = '''x(y)'''",
      'secretGroup = 2',
      '[[rules]]',
      'id = "c"',
      '[values]',
      'dotenv = [',
      '  "none.env",',
      ']',
    ].join('\n'),
  );
  assert.equal(
    complaint(bad),
    [
      'bad.toml:3:1: rule "a": the regex does not compile: invalid or unsupported Perl syntax: `(?=` (RE2 syntax, without lookaround and back-references)',
      'bad.toml:6:1: rule "b": the regex matches the empty string, so it says nothing: make some part of it required',
      'bad.toml:9:1: rule "a": the id is taken by bad.toml:2: rename one of them',
      'bad.toml:11:1: rule "a": secretGroup is 2, but the regex has 1 groups: use 0 to 1',
      'bad.toml:13:1: rule "c": has no regex: give it one',
      'bad.toml:16:3: dotenv: the file cannot be read (ENOENT): check its name, which is relative to this file',
    ].join('\n'),
  );
});

test('unknown keys and wrong types are faults, in tables of every depth', () => {
  const typos = file(
    'typos.toml',
    [
      'titel = "x"',
      '[[rules]]',
      'id = "a"',
      'regex = "x"',
      'keyword = ["x"]',
      'hold = "never"',
      'holdMin = 0',
      '[[rules.allowlists]]',
      'stopword = ["a"]',
      '[[rules]]',
      'regex = 5',
      '[mask]',
      'char = "ab"',
    ].join('\n'),
  );
  assert.equal(
    complaint(typos),
    [
      'typos.toml:1:1: unknown key "titel": did you mean "title"?',
      'typos.toml:5:1: rule "a": unknown key "keyword": did you mean "keywords"?',
      'typos.toml:6:1: rule "a": hold: must be one of "always", "open", "off"',
      'typos.toml:7:1: rule "a": holdMin: must be 1 or more',
      'typos.toml:9:1: rule "a": unknown key "stopword": did you mean "stopwords"?',
      'typos.toml:10:1: rule 2: id: must be a text',
      'typos.toml:11:1: rule 2: regex: must be a text',
      'typos.toml:13:1: char: must be one visible character',
    ].join('\n'),
  );
});

test('a file that is no TOML is told by place, without a word of it', () => {
  const said = complaint(file('broken.toml', '[values]\nenv = ["SECRET_THING"\nfiles = 1\n'));
  assert.match(said, /^broken\.toml:\d+:\d+: not valid TOML: [^\n]+$/);
  assert.ok(!said.includes('SECRET_THING'));
});

test('a file that is not there is one clear line', () => {
  assert.equal(
    complaint(join(folder, 'gone.toml')),
    'gone.toml:1:1: the rule file cannot be read (ENOENT): check its name and mode',
  );
});

test('places are right behind comments, long strings, quoted keys, inline tables and dotted keys', () => {
  const text = `# [[rules]]\n[[rules]] # id = "no"\nid = "a"\nregex = '''\n[[rules]]\n'''\nkeywords = [ # ]\n  "a", 'b',\n  7,\n]\nvalues.x = 1\n"mask" = { char = "ab" }\n`;
  assert.equal(
    complaint(file('places.toml', text)),
    [
      'places.toml:9:3: rule "a": keywords: must be a text',
      'places.toml:11:1: rule "a": unknown key "values": remove it',
      'places.toml:12:1: rule "a": unknown key "mask": remove it',
    ].join('\n'),
  );
});

test('values come from the environment by default and by pattern, and !NAME leaves one out', () => {
  const env = { MY_TOKEN: 'abcdef1', MY_PIN: '123456', CI_TOKEN: 'ghijkl2', A_SECRET: 'short', PATH: '/usr/bin:/bin' };
  const names = (text: string) => loadRules([file('env.toml', text)], env).values.map(({ name }) => name);
  assert.deepEqual(names(''), ['MY_TOKEN', 'CI_TOKEN']);
  assert.deepEqual(names('[values]\nenv = ["MY_*N", "!CI_*"]'), ['MY_TOKEN', 'MY_PIN']);
});

test('values come from .env files, without plain words, and from whole files', () => {
  file('a.env', 'NODE_ENV=production\nexport KEY="two\\nlines" # c\nBARE=abc def # comment\nPORT=8080\n');
  file('token.txt', 'line-one\nline-two\n');
  const { values } = loadRules([file('dot.toml', '[values]\ndotenv = ["a.env"]\nfiles = ["token.txt"]')], {});
  assert.deepEqual(
    values.map(({ value }) => value),
    ['two\nlines', 'abc def', 'line-one\nline-two\n'],
  );
  assert.deepEqual(parseDotenv("A='x y'\nB = 1"), [
    { name: 'A', value: 'x y' },
    { name: 'B', value: '1' },
  ]);
});

test('lint advises on keywords, on ends that flip, on groups and ids', () => {
  const text = [
    ['misses', "regex = '''(?:abc|xyz)_[0-9]{5}'''\nkeywords = ['abc_']"],
    ['none', "regex = '''zq-[0-9]{5}'''"],
    ['weak', "regex = '''[0-9a-z]{32}'''"],
    ['good', "regex = '''zq-[0-9]{5}'''\nkeywords = ['zq-']"],
    ['edge', "regex = '''zr-[0-9]{5}\\b'''\nkeywords = ['zr-']"],
    ['end', "regex = '''zs-[0-9]{5}$'''\nkeywords = ['zs-']"],
    ['rest of the line', "regex = '''zt-.*$'''\nkeywords = ['zt-']"],
    ['group', "regex = '''zu-(?:([0-9]{5})|[a-z]{5})'''\nsecretGroup = 1\nkeywords = ['zu-']"],
    ['jwt', "regex = '''zv-[0-9]{5}'''\nkeywords = ['zv-']"],
  ].map(([id, rest]) => `[[rules]]\nid = "${id}"\n${rest}\n`);
  const { lints } = loadRules([file('lint.toml', text.join(''))], {}, { lint: true });
  assert.deepEqual(
    lints.map(({ line, what }) => `${line} ${what.split(':').slice(0, 2).join(':').split(',')[0]}`),
    [
      '4 rule "misses": the regex also matches texts without any of the keywords',
      '7 rule "none": no keywords',
      '10 rule "weak": no keywords',
      '17 rule "edge": a match must end at \\b or $',
      '21 rule "end": a match must end at \\b or $',
      '30 rule "group": group 1 takes no part in some matches',
      '33 rule "jwt": a built-in rule has this id too',
    ],
  );
  assert.match(lints[2]!.what, /begins like any word/);
});

test('the whole configuration of gitleaks loads and runs', () => {
  const { rules } = loadRules([fileURLToPath(new URL('../../../test/data/gitleaks.toml', import.meta.url))], {});
  const own = rules.filter(({ origin }) => origin?.endsWith('gitleaks.toml'));
  // 222 rules, of which one is for names of files alone.
  assert.equal(own.length, 221);
  const redactor = Redactor.of(own);
  const random = randomFrom(221);
  const silent = own.filter((rule) => {
    const { pattern } = compile(rule);
    for (let tries = 0; tries < 60; tries++) {
      const word = sample(programOf(pattern), random);
      if (word === undefined || /[^ -~]/.test(word)) continue;
      if (redactor.spansOf(`x ${word}`).length > 0) return false;
    }
    return true;
  });
  // Keywords that do not stand in every match (lint says so), so that a random match is mostly without.
  assert.ok(silent.length <= 6, silent.map(({ id }) => id).join());
});

test('every built-in rule with keywords has one in all that it matches, and ids are unique', () => {
  assert.equal(new Set(BUILT_IN_RULES.map(({ id }) => id)).size, BUILT_IN_RULES.length);
  const text = BUILT_IN_RULES.map(
    ({ id, regex, keywords = [] }) =>
      `[[rules]]\nid = ${JSON.stringify(id)}\nregex = ${JSON.stringify(regex)}\nkeywords = ${JSON.stringify(keywords)}\n`,
  );
  const { lints } = loadRules(
    [file('built-in.toml', `[extend]\nuseDefault = false\n${text.join('')}`)],
    {},
    { lint: true },
  );
  assert.deepEqual(
    lints.map(({ what }) => what),
    [
      'rule "base64-block": no keywords, and a match begins like any word: half-typed secrets cannot be told; add a keyword',
    ],
  );
});
