/** What a key of the panel leads to, given who is here: an act, a question, or a list to choose from. */
import { KEYS } from './help.js';
import type { Act, PanelPerson, PanelView } from './view.js';

export interface Item {
  readonly label: string;
  readonly step: Step;
}

export interface Answer {
  readonly key: string;
  readonly label: string;
  readonly act: Act;
}

export type Step =
  | { readonly kind: 'do'; readonly act: Act }
  | { readonly kind: 'tell'; readonly text: string }
  | { readonly kind: 'ask'; readonly question: string; readonly answers: readonly Answer[] }
  | { readonly kind: 'pick'; readonly title: string; readonly items: readonly Item[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'close' };

/** Second keys of the prefix, and keys of the panel. */
export const COMMAND_KEYS: readonly string[] = KEYS.map(({ key }) => key);

/** Times that are offered, in seconds: a fix, a pairing session, a lesson. */
const TIMES: readonly (readonly [label: string, seconds: number])[] = [
  ['30 seconds', 30],
  ['1 minute', 60],
  ['5 minutes', 300],
  ['15 minutes', 900],
  ['1 hour', 3600],
];
const PLAIN: Readonly<Record<string, Act>> = {
  x: { kind: 'take' },
  c: { kind: 'copy' },
  n: { kind: 'link' },
  r: { kind: 'record' },
  p: { kind: 'pause' },
  '!': { kind: 'mark' },
  z: { kind: 'hide' },
};

/** null for a key that means nothing. */
export function stepFor(key: string, view: PanelView): Step | null {
  const plain = PLAIN[key];
  if (plain !== undefined) return { kind: 'do', act: plain };
  const waiting = view.people.filter(({ state }) => state === 'waiting');
  const inside = view.people.filter(({ state }) => state !== 'waiting');
  switch (key) {
    case 'g':
      return give(view, inside, ({ id }) => done({ kind: 'give', who: id, ms: null }));
    case 'G':
      return give(view, inside, forHowLong);
    case 'a':
      return oneOf('Let in', waiting, 'nobody waits', ({ id }) => done({ kind: 'admit', who: id }));
    case 'd':
      return oneOf('Send away', waiting, 'nobody waits', ({ id }) => done({ kind: 'deny', who: id }));
    case 'm':
      return oneOf('Mute or unmute', inside, 'nobody watches', ({ id, muted }) =>
        done({ kind: muted ? 'unmute' : 'mute', who: id }),
      );
    case 'k':
      return oneOf('Kick', view.people, 'nobody watches', kick);
    case 's':
      return {
        kind: 'ask',
        question: 'Stop sharing? Every link ends and all are sent away.',
        answers: [{ key: 'y', label: 'stop sharing', act: { kind: 'unshare' } }],
      };
    case '?':
      return { kind: 'help' };
    default:
      return key === 'esc' ? { kind: 'close' } : null;
  }
}

function done(act: Act): Step {
  return { kind: 'do', act };
}

/** To the one who asks; to whom of several is a question, and also when nobody asks. */
function give(view: PanelView, inside: readonly PanelPerson[], to: (person: PanelPerson) => Step): Step {
  if (view.readOnly) return { kind: 'tell', text: 'this session is read only: control cannot be given' };
  const asking = inside.filter(({ state }) => state === 'asking');
  if (asking.length > 0) return oneOf('Give control to', asking, '', to);
  if (inside.length === 0) return { kind: 'tell', text: 'nobody watches' };
  return list('Nobody asks. Give control to', inside, to);
}

function forHowLong({ id, name }: PanelPerson): Step {
  const items = TIMES.map(([label, seconds]) => ({ label, step: done({ kind: 'give', who: id, ms: seconds * 1000 }) }));
  return { kind: 'pick', title: `Give control to ${name} for`, items };
}

function kick({ id, name }: PanelPerson): Step {
  return {
    kind: 'ask',
    question: `Send ${name} away?`,
    answers: [
      { key: 'y', label: 'send away', act: { kind: 'kick', who: id } },
      { key: 'b', label: 'and keep out, by address and key', act: { kind: 'ban', who: id } },
    ],
  };
}

function oneOf(title: string, people: readonly PanelPerson[], none: string, to: (person: PanelPerson) => Step): Step {
  if (people.length === 0) return { kind: 'tell', text: none };
  return people.length === 1 ? to(people[0]!) : list(title, people, to);
}

function list(title: string, people: readonly PanelPerson[], to: (person: PanelPerson) => Step): Step {
  const items = people.map((person) => ({ label: labelOf(person), step: to(person) }));
  return { kind: 'pick', title, items };
}

function labelOf({ name, state, addr, muted }: PanelPerson): string {
  return `${name}  ${state}${muted ? ', muted' : ''}  ${addr}`;
}
