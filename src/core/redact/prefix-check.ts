/**
 * Looks at start whether re2js is inside as the prefix automaton takes it to be. The automaton reads what re2js does
 * not promise to keep; were it to change, holds would fail without a word.
 */
import { RE2JS } from 're2js';
import { LecternError } from '../errors.js';
import { PrefixAutomaton } from './prefix.js';
import { type Program, programOf } from './program.js';

interface Case {
  readonly pattern: string;
  readonly groups: readonly number[];
  readonly text: string;
  /** `at:from-to` for each place at which a prefix ends. */
  readonly told: string;
}

/** One case for each kind of instruction, each condition, and case folding. */
const CASES: readonly Case[] = [
  { pattern: 'ab(cd|e*)x', groups: [1], text: 'zabcdy', told: '4:3-4 5:3-5' },
  { pattern: '(?i)kß\\x{212a}', groups: [], text: 'Kßk!', told: '1:0-1 2:0-2 3:0-3' },
  {
    pattern: '\\bq[^a-c].(?s:.)',
    groups: [],
    text: 'aq qd\n qd\u{1f511}\n',
    told: '4:3-4 5:3-5 8:7-8 9:7-9 11:7-11 12:7-12',
  },
  { pattern: '(?m)^a$\\nb\\B', groups: [], text: 'xa\na\nbc', told: '4:3-4 5:3-5 6:3-6' },
  { pattern: '\\Aa+\\z', groups: [], text: 'aab', told: '1:0-1 2:0-2' },
  { pattern: '(?:k=(\\d{2})){2};', groups: [1], text: 'k=12k=3', told: '3:2-3 4:2-4 5:2-4 6:2-4 7:2-7' },
];

let isChecked = false;

/**
 * Runs once in a process; one to three milliseconds.
 * @throws {LecternError} FAILED when the automaton does not tell what it must.
 */
export function checkPrefixes(): void {
  if (isChecked) return;
  const pattern = misreadPattern((source) => programOf(RE2JS.compile(source)));
  if (pattern !== undefined) {
    throw new LecternError(
      'FAILED',
      `this re2js is not the one that lectern was made for: "${pattern}" compiles otherwise`,
    );
  }
  isChecked = true;
}

/** The first pattern of which the automaton does not tell what it must. */
export function misreadPattern(compile: (pattern: string) => Program): string | undefined {
  return CASES.find((one) => tellingOf(one, compile) !== one.told)?.pattern;
}

function tellingOf({ pattern, groups, text }: Case, compile: (pattern: string) => Program): string {
  const told: string[] = [];
  try {
    const automaton = new PrefixAutomaton(compile(pattern), groups, false);
    automaton.sweep(text, { tell: ({ at, from, to }) => told.push(`${at}:${from}-${to}`) });
  } catch {
    // A program of another shape: what was told is not what it should be.
    return 'nothing';
  }
  return told.join(' ');
}
