/** All cases of the siege, by group, and which lane each of them is run in. */
import { authCases } from './cases-auth.js';
import { channelCases } from './cases-channel.js';
import { costCases } from './cases-cost.js';
import { crookedCases } from './cases-crooked.js';
import { exchangeCases } from './cases-exchange.js';
import { faultCases } from './cases-fault.js';
import { floodCases } from './cases-flood.js';
import { identCases } from './cases-ident.js';
import { inputCases } from './cases-input.js';
import { outputCases } from './cases-output.js';
import { peerCases } from './cases-peer.js';
import { strangerCases } from './cases-stranger.js';
import { wireCases } from './cases-wire.js';
import type { Case } from './siege.js';

/** A case and the group that it belongs to. */
export interface Named {
  readonly group: string;
  readonly attack: Case;
}

const GROUPS: Readonly<Record<string, readonly Case[]>> = {
  'before the identification': identCases,
  'key exchange': exchangeCases,
  authentication: authCases,
  'what logins cost': costCases,
  channels: channelCases,
  'keys and sizes': inputCases,
  'peers that are slow or gone': peerCases,
  'on the wire': wireCases,
  'what the program prints': outputCases,
  'what a stranger would try': [...strangerCases, ...crookedCases],
  floods: floodCases,
  faults: faultCases,
};

/** In these the program prints a lot, and what the presenter types is echoed behind that: its echo says nothing of us. */
export const PRINTING: ReadonlySet<string> = new Set([
  'peers that are slow or gone',
  'what the program prints',
  'faults',
]);

/** As long in all as the other groups. */
const ASIDE: ReadonlySet<string> = new Set([
  'before the identification',
  'key exchange',
  'authentication',
  'channels',
  'on the wire',
  'what a stranger would try',
]);

const isAside = ({ group, attack }: Named): boolean =>
  attack.waits === true || attack.apart === true || ASIDE.has(group);

/** Two lanes, each on a processor of its own where there are two: which cases are run in which. */
export const LANES = {
  main: (named: Named) => !isAside(named),
  aside: isAside,
} as const;

export type LaneName = keyof typeof LANES;

/** The cases whose names, with their groups, have one of the words in them; all of them when there is none. */
export function casesOf(words: readonly string[]): readonly Named[] {
  const all = Object.entries(GROUPS).flatMap(([group, cases]) => cases.map((attack) => ({ group, attack })));
  if (words.length === 0) return all;
  return all.filter(({ group, attack }) => words.some((word) => `${group}: ${attack.name}`.includes(word)));
}
