/** Many sessions: every mode with every kind of secret, and what came of them. */

import type { Size } from '../../../src/core/cells.js';
import { chanceFrom } from './chance.js';
import type { Mode } from './modes.js';
import { type Exposure, type OnFrame, play, type Wall } from './play.js';
import { Script } from './script.js';
import type { Kind, Secret } from './secrets.js';

/** One session, by which it can be played again. */
export interface Session {
  readonly seed: number;
  readonly mode: Mode;
  readonly kind: Kind;
}

export interface Outcome extends Exposure {
  readonly session: Session;
  readonly secret: Secret;
  readonly size: Size;
}

/** How likely somebody looks after a piece of output. */
const LOOKS = [1, 1 / 2, 1 / 5, 1 / 20] as const;

/** How often a piece is cut within a sequence or character. */
const CUTS = 0.03;

/**
 * The seed of this run: `LECTERN_SEED`, or `usual`. The usual one is fixed, so that a change is judged by the same
 * sessions as the one before it; others are tried by hand.
 */
export function seedOfRun(usual: number): number {
  const given = Number(process.env['LECTERN_SEED']);
  return Number.isSafeInteger(given) && given > 0 ? given : usual;
}

/** Times that every mode meets every kind: `LECTERN_SESSIONS` times `rounds`, default once that. */
export function rounds(times: number): number {
  const scale = Number(process.env['LECTERN_SESSIONS']);
  return Math.max(1, Math.round(times * (scale > 0 ? scale : 1)));
}

/** The sessions of a run: each mode with each kind that it can show. */
export function sessionsOf(seed: number, modes: readonly Mode[], kinds: readonly Kind[], times: number): Session[] {
  const sessions: Session[] = [];
  for (let round = 0; round < times; round++) {
    for (const mode of modes) {
      for (const kind of kinds) {
        if (!isPromised(mode, kind)) continue;
        sessions.push({ seed: seed + sessions.length * 7919, mode, kind });
      }
    }
  }
  return sessions;
}

function isPromised(mode: Mode, kind: Kind): boolean {
  if (!mode.atCursor && !kind.keyword) return false;
  return !kind.lines || (mode.lines !== false && (mode.gutters !== true || kind.gutters));
}

/** Plays one session. `wall` makes a wall that knows nothing of earlier sessions. */
export function playSession(session: Session, wall: () => Wall, onFrame?: OnFrame): Outcome {
  const chance = chanceFrom(session.seed);
  const secret = session.kind.make(chance);
  const size = session.mode.size(chance, secret);
  const script = new Script(chance, secret, size);
  session.mode.write(script);
  return {
    session,
    secret,
    size,
    ...play(script, wall(), size, chance.pick(LOOKS), session.mode.whole === true ? 0 : CUTS, onFrame),
  };
}

/** How many frames, and sessions that showed runs of at least `atLeast` characters of their secret. */
export function tally(outcomes: readonly Outcome[], atLeast: number): Tally {
  const leaky = outcomes.filter(({ longest }) => longest >= atLeast);
  return {
    sessions: outcomes.length,
    frames: outcomes.reduce((sum, { frames }) => sum + frames, 0),
    leaky,
  };
}

export interface Tally {
  readonly sessions: number;
  readonly frames: number;
  readonly leaky: readonly Outcome[];
}

/** The leaking sessions by mode and kind: never a secret. */
export function describe(leaky: readonly Outcome[]): string {
  const lines = new Map<string, { sessions: number; frames: number; longest: number; seed: number }>();
  for (const { session, leaks, longest } of leaky) {
    const name = `${session.mode.name} / ${session.kind.id}`;
    const line = lines.get(name) ?? { sessions: 0, frames: 0, longest: 0, seed: session.seed };
    line.sessions++;
    line.frames += leaks;
    line.longest = Math.max(line.longest, longest);
    lines.set(name, line);
  }
  return [...lines]
    .map(([name, { sessions, frames, longest, seed }]) => {
      return `  ${name}: ${sessions} sessions, ${frames} frames, up to ${longest} characters, session ${seed}`;
    })
    .join('\n');
}
