/** The prefix automaton, held against another library's automata and against every built-in rule's own words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RE2JS } from 're2js';
import { JS, NFA } from 'refa';
import { isAllowed } from '../../src/core/redact/allowance.js';
import { Budget } from '../../src/core/redact/budget.js';
import { BUILT_IN_RULES } from '../../src/core/redact/builtin.js';
import { announcementOf } from '../../src/core/redact/keywords.js';
import { Needs, needsOf } from '../../src/core/redact/needs.js';
import { PrefixAutomaton } from '../../src/core/redact/prefix.js';
import { checkPrefixes, misreadPattern } from '../../src/core/redact/prefix-check.js';
import { type Instruction, type Program, programOf, sample } from '../../src/core/redact/program.js';
import { compile, type Detector, type Rule } from '../../src/core/redact/rule.js';
import { randomFrom } from '../support/typed.js';

const SEED = Number(process.env['LECTERN_SEED'] ?? 20_261);

function automatonOf(regex: string, groups: readonly number[] = [], wholeElse = true): PrefixAutomaton {
  return new PrefixAutomaton(programOf(RE2JS.compile(regex)), groups, wholeElse);
}

/** What is told, as `at:from-to`, of matches that begin at the text's start when `fromStart`. */
function tellingOf(automaton: PrefixAutomaton, text: string, fromStart = false): string {
  const told: string[] = [];
  automaton.sweep(text, {
    tell: ({ at, from, to }) => told.push(`${at}:${from}-${to}`),
    ...(fromStart && { beginAfter: (at: number) => (at === 0 ? 0 : text.length + 1) }),
  });
  return told.join(' ');
}

/** A random pattern of a few letters, without anchors, which refa does not take. */
function patternOf(random: () => number, depth = 3): string {
  const pick = <T>(...list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  if (depth === 0) return pick('a', 'b', 'c', '[ab]', '[^a]', '[b-d]');
  const inner = (): string => patternOf(random, depth - 1);
  switch (Math.floor(random() * 5)) {
    case 0:
      return `(?:${inner()}|${inner()})`;
    case 1:
      return `(?:${inner()})${pick('*', '+', '?', '{2}', '{1,3}', '{2,}')}`;
    default:
      return inner() + inner();
  }
}

test('what counts as a viable prefix is what the prefixes of a refa automaton accept', () => {
  const random = randomFrom(SEED);
  let viable = 0;
  let strings = 0;
  for (let n = 0; n < 400; n++) {
    const pattern = patternOf(random);
    const { expression, maxCharacter } = JS.Parser.fromLiteral({ source: pattern, flags: 's' }).parse();
    const oracle = NFA.fromRegex(expression, { maxCharacter });
    oracle.prefixes();
    const automaton = automatonOf(`(?s)${pattern}`);
    for (let i = 0; i < 25; i++) {
      const text = Array.from({ length: 1 + Math.floor(random() * 9) }, () => 'abcd'[Math.floor(random() * 4)]).join(
        '',
      );
      const ends = new Set<number>();
      automaton.sweep(text, {
        tell: ({ at }) => ends.add(at),
        beginAfter: (at) => (at === 0 ? 0 : text.length + 1),
      });
      for (let end = 1; end <= text.length; end++, strings++) {
        const wanted = oracle.test([...text.slice(0, end)].map((char) => char.charCodeAt(0)));
        assert.equal(ends.has(end), wanted, `"${text.slice(0, end)}" of /${pattern}/, seed ${SEED}`);
        if (wanted) viable++;
      }
    }
  }
  assert.ok(strings > 20_000 && viable > strings / 5 && viable < strings - 2000, `${viable} of ${strings}`);
});

test('every prefix of every word of every built-in rule is viable, and its secret opens where its group does', (t) => {
  const random = randomFrom(SEED + 1);
  let prefixes = 0;
  for (const rule of BUILT_IN_RULES) {
    const { pattern, groups } = compile(rule);
    const automaton = new PrefixAutomaton(programOf(pattern), [], true);
    const grouped = new PrefixAutomaton(programOf(pattern), groups, rule.secretGroup === undefined);
    for (let n = 0, tries = 0; n < 40 && tries < 4000; tries++) {
      const word = sample(programOf(pattern), random);
      const matcher = word === undefined || word.length > 1500 ? undefined : pattern.matcher(word);
      if (word === undefined || matcher?.lookingAt() !== true || matcher.end(0) !== word.length) continue;
      n++;
      const reached = new Map<number, number>();
      automaton.sweep(word, { tell: ({ at, begin }) => reached.set(at, begin) });
      let end = 0;
      for (const char of word) {
        end += char.length;
        assert.equal(reached.get(end), 0, `${rule.id}: ${end} of ${word.length}, seed ${SEED}`);
        prefixes++;
      }
      const group = rule.secretGroup ?? groups.find((one) => matcher.start(one) < matcher.end(one)) ?? 0;
      assertOpens(grouped, word, group, matcher, rule.id);
    }
  }
  t.diagnostic(`${prefixes} prefixes, seed ${SEED}`);
  assert.ok(prefixes > 40_000, `${prefixes} prefixes`);
});

interface Groups {
  start(group: number): number;
  end(group: number): number;
}

function assertOpens(automaton: PrefixAutomaton, word: string, group: number, matcher: Groups, id: string): void {
  const [start, end] = [matcher.start(group), matcher.end(group)];
  const opened = new Map<number, readonly [number, number]>();
  automaton.sweep(word, { tell: ({ at, from, to }) => opened.set(at, [from, to]) });
  for (let at = start + 1; at <= end; at++) {
    // The second half of a surrogate pair is no place.
    if (word.charCodeAt(at) >= 0xdc00 && word.charCodeAt(at) <= 0xdfff) continue;
    const [from, to] = opened.get(at) ?? [Number.NaN, Number.NaN];
    assert.ok(from <= start && to >= at, `${id}: ${start}-${at} is told as ${from}-${to}, seed ${SEED}`);
  }
}

test('anchors, word boundaries and case are judged as re2js judges them', () => {
  assert.equal(tellingOf(automatonOf('^ab'), 'xab ab'), '');
  assert.equal(tellingOf(automatonOf('(?m)^ab'), 'x\na'), '3:2-3');
  assert.equal(tellingOf(automatonOf('\\bk[0-9]{3}'), 'ak1 k2x'), '5:4-5 6:4-6');
  assert.equal(tellingOf(automatonOf('k[0-9]{2}\\b'), 'k12x'), '1:0-1 2:0-2 3:0-3');
  assert.equal(tellingOf(automatonOf('(?i)straße'), 'STRAẞe'), '1:0-1 2:0-2 3:0-3 4:0-4 5:0-5 6:0-6');
  assert.equal(tellingOf(automatonOf('a.b'), 'a\n'), '1:0-1');
});

test('the secret begins where its group may first have opened, and ends where that closed', () => {
  const automaton = automatonOf('key(?:=| = )"?(\\w{3,5})"?;', [1], false);
  assert.equal(tellingOf(automaton, 'key = "ab'), '8:7-8 9:7-9');
  assert.equal(tellingOf(automaton, 'key=abc"; '), '5:4-5 6:4-6 7:4-7 8:4-7 9:4-7');
});

test('what no group can claim any more is secret as a whole', () => {
  assert.equal(tellingOf(automatonOf('k=(\\d+)|tok\\w+', [1], true), 'k=1 tok'), '3:2-3 5:4-5 6:4-6 7:4-7');
  assert.equal(tellingOf(automatonOf('k=(\\d+)|tok\\w+', [1], false), 'k=1 tok'), '3:2-3');
});

test('a prefix dies where neither it goes on nor a match is whole', () => {
  const dies: string[] = [];
  automatonOf('a{2,}b?').sweep('a aaab aac', { tell: ({ at, dies: dead }) => dies.push(`${at}${dead ? '!' : ''}`) });
  assert.deepEqual(dies, ['1!', '3', '4', '5', '6', '8', '9']);
});

test('a long text can be left in its middle', () => {
  let checks = 0;
  const stop = (): void => {
    if (++checks === 3) throw new RangeError('over');
  };
  assert.throws(() => automatonOf('a+b').sweep('a'.repeat(1000), { tell: () => {}, check: stop }), /over/);
  assert.equal(tellingOf(automatonOf('a+b'), 'aa'), '1:0-1 2:0-2', 'and nothing of it stays behind');
});

test('how soon a keyword comes in a match, and whether the secret waits for it', () => {
  const told = (regex: string, keywords: readonly string[], groups = [1]) => {
    const { within, isLate } = announcementOf(programOf(RE2JS.compile(regex)), groups, keywords);
    return `${within}${isLate ? ' late' : ''}`;
  };
  assert.equal(told('tok_(\\w+)', ['tok_']), '4');
  assert.equal(told('[a-z]{0,5}?key=(\\w+)', ['KEY=']), '9');
  assert.equal(told('(tok_\\w+)', ['tok_']), '4', 'the keyword is the beginning of the secret');
  assert.equal(told('.*key=(\\w+)', ['key=']), 'Infinity');
  assert.equal(told('(\\w{4})@acme', ['@acme']), '9 late');
  assert.equal(told('(\\w{4})', ['acme']), 'Infinity late');
});

test('what every match needs stands in every match, and base64-block needs forty of its kind in a row', () => {
  const random = randomFrom(SEED + 2);
  for (const rule of BUILT_IN_RULES) {
    const program = programOf(compile(rule).pattern);
    const needs = new Needs(program);
    for (let n = 0; n < 60; n++) {
      const word = sample(program, random);
      if (word !== undefined) assert.ok(needs.areIn(word), `${rule.id}, seed ${SEED}`);
    }
  }
  const block = new Needs(programOf(compile(BUILT_IN_RULES.find(({ id }) => id === 'base64-block')!).pattern));
  assert.deepEqual([block.length, block.run], [40, 40]);
  assert.equal(block.areIn(`${'a'.repeat(39)} ${'b'.repeat(39)}`), false);
  assert.equal(block.areIn(`  ${'a'.repeat(40)}`), true);
  const either = new Needs(programOf(RE2JS.compile('x{20}|[a-f]{30}y')));
  assert.deepEqual([either.length, either.run], [20, 0], 'one of two ways is no need');
});

/** The line that its allowlist looks at may have nothing in it. */
const BLANK_LINE: Rule = {
  id: 'blank line',
  regex: '[=\\s]',
  allowlists: [{ regexes: ['^[^0-9]+$'], regexTarget: 'line' }],
};

/** True when some match of the rule, wherever it is looked for, is none that an allowlist knows. */
function isFound(detector: Detector, text: string): boolean {
  const matcher = detector.pattern.matcher(text);
  for (let at = 0; at <= text.length && matcher.find(at); at = matcher.start(0) + 1) {
    const group = detector.groups.find((one) => matcher.start(one) < matcher.end(one)) ?? 0;
    const secret = [matcher.start(group), matcher.end(group)] as const;
    if (!isAllowed(detector, text, secret, [matcher.start(0), matcher.end(0)], Budget.NONE)) return true;
  }
  return false;
}

/** `text` without some of its characters, or with others in their place. */
function spoilt(text: string, random: () => number): string {
  const victim = text[Math.floor(random() * text.length)] ?? '';
  const kind = [/[0-9]/g, /[A-Z]/g, /[a-z]/g, /[^A-Za-z0-9 ]/g][Math.floor(random() * 4)]!;
  const instead = ['', 'x', 'Q', '7', ' ', 'é', '-'][Math.floor(random() * 7)]!;
  return random() < 0.5 ? text.replaceAll(victim, instead) : text.replace(kind, instead);
}

test('what no secret of a rule can stand in has none, whatever its pattern and its allowlists', () => {
  const random = randomFrom(SEED + 3);
  let refused = 0;
  let found = 0;
  const own: readonly Rule[] = [
    { id: 'allowed', regex: '[A-Za-z0-9]{4,}', allowlists: [{ regexes: ['^[^0-9]*$', '^[a-z]+$'] }] },
    {
      id: 'both',
      regex: '[A-Za-z0-9]{4,}',
      allowlists: [{ regexes: ['^[^0-9]*$'], stopwords: ['a'], condition: 'AND' }],
    },
    { id: 'line', regex: '[A-Za-z0-9]{4,}', allowlists: [{ regexes: ['^[^0-9]*$'], regexTarget: 'line' }] },
    BLANK_LINE,
    { id: 'one', regex: '[a-z]{4,}', allowlists: [{ regexes: ['^[a-z]$'] }] },
    { id: 'none', regex: '[a-z]{4,}', allowlists: [{ regexes: ['^$[a-z]*'] }] },
    { id: 'nine', regex: '[a-z]{4,}', allowlists: [{ regexes: ['^[a-z]{9}$'] }] },
    { id: 'signs', regex: '[a-z]+(?:=>|[=:#])[ \\t]*(?:"[^"]+"|[0-9]+!)' },
    { id: 'unlike', regex: '[a-z]+[^a-z ][0-9]+|[a-z]{3}[é-]x' },
  ];
  for (const rule of [...BUILT_IN_RULES, ...own]) {
    const detector = compile(rule);
    const needs = needsOf(detector);
    for (let n = 0; n < 80; n++) {
      let text = `${'  x'.slice(0, n % 3)}${sample(programOf(detector.pattern), random) ?? 'aB3=:"x"'}`;
      for (let times = Math.floor(random() * 4); times > 0; times--) text = spoilt(text, random);
      const there = isFound(detector, text);
      if (there) found++;
      if (needs.areIn(text)) continue;
      refused++;
      assert.equal(there, false, `${rule.id}: ${JSON.stringify(text)}, seed ${SEED}`);
    }
  }
  assert.ok(refused > 500 && found > 500, `${refused} refused, ${found} found`);
});

test('an allowlist that knows no empty line does not know the line between two line ends', () => {
  const detector = compile(BLANK_LINE);
  assert.deepEqual([isFound(detector, 'a\n\nb'), needsOf(detector).areIn('a\n\nb')], [true, true]);
  const star = compile({ ...BLANK_LINE, allowlists: [{ regexes: ['^[^0-9]*$'], regexTarget: 'line' }] });
  assert.deepEqual([isFound(star, 'a\n\nb'), needsOf(star).areIn('a\n\nb')], [false, false]);
});

test('a row of letters is no row of a key, a name without a sign no assignment, and a URL without @ has no password', () => {
  const needsOfRule = (id: string): Needs => needsOf(compile(BUILT_IN_RULES.find((rule) => rule.id === id)!));
  const row = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA';
  assert.equal(needsOfRule('base64-block').areIn(row), true);
  for (const kind of [/[0-9]/g, /[A-Z]/g, /[a-z]/g]) {
    assert.equal(needsOfRule('base64-block').areIn(row.replace(kind, kind.test('A') ? 'b' : 'C')), false);
  }
  assert.equal(needsOfRule('key-value').areIn('the password of the day'), false);
  assert.equal(needsOfRule('key-value').areIn('password = "x1"'), true);
  assert.equal(needsOfRule('url-password').areIn('https://example.com/a/path'), false);
  assert.equal(needsOfRule('url-password').areIn('https://me:pw@example.com'), true);
});

test('re2js is inside what the automaton takes it for, and were it not, it would be told', () => {
  assert.doesNotThrow(checkPrefixes);
  const real = (source: string): Program => programOf(RE2JS.compile(source));
  assert.equal(misreadPattern(real), undefined);
  const changes: readonly ((inst: Instruction) => Partial<Instruction>)[] = [
    ({ op }) => ({ op: op + 1 }),
    ({ op, out, arg }) => (op === 1 ? { out: arg, arg: out + 1 } : {}),
    ({ op, arg }) => (op === 3 ? { arg: arg + 2 } : {}),
    ({ op, arg }) => (op === 4 ? { arg: arg ^ 0x30 } : {}),
    ({ op, arg }) => (op === 4 ? { arg: arg << 1 } : {}),
    () => ({ matchRune: () => false }),
    ({ runes }) => ({ matchRune: (code) => code === runes[0] }),
  ];
  for (const [i, change] of changes.entries()) {
    const changed = (source: string): Program => {
      const { inst, start } = real(source);
      return { start, inst: inst.map((one) => ({ ...plain(one), ...change(one) })) };
    };
    assert.notEqual(misreadPattern(changed), undefined, `change ${i}`);
  }
});

function plain(inst: Instruction): Instruction {
  const { op, out, arg, runes } = inst;
  return { op, out, arg, runes, matchRune: (code) => inst.matchRune(code) };
}
