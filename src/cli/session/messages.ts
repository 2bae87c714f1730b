/**
 * What the parts of a session say to each other: the host (main thread), the screen (worker thread) and the edge
 * (child process). Plain data. The edge is never told raw bytes; frames reach it on a socket of their own.
 */
import type { LinkChange, LinksSnapshot } from '../../access/links.js';
import type { Admission, Request } from '../../core/admission.js';
import type { Size } from '../../core/cells.js';
import type { ErrorCode, Farewell } from '../../core/errors.js';
import type { Role } from '../../core/events.js';
import type { Lesson } from '../../core/redact/memory.js';
import type { ChatLine, InputModes, Pointer, SessionState } from '../../core/session.js';
import type { ConfigSources } from '../../ops/config.js';
import type { RuleSet } from '../../ops/rules.js';
import type { DoorLimits } from '../../ops/settings.js';
import type { Snapshot } from '../../presenter/snapshot.js';

// Host and screen ----------------------------------------------------------------------------------------------------

export interface ScreenStart {
  readonly size: Size;
  /** What is printed comes through it. */
  readonly ring: SharedArrayBuffer;
  readonly rules: RuleSet;
  /** Name of the session, as it was typed: the answer to the start has it without secrets. */
  readonly name: string;
  /** How long a screen waits before it is shown, in ms; 0 for not at all. */
  readonly delayMs: number;
  /** What the thread before this one had learned. SECRET, as everything between host and screen. */
  readonly lessons?: readonly Lesson[];
  /** Unix socket on which frames are handed to edges. */
  readonly framesSocket: string;
  /** Nobody else answers the program's questions to its terminal. */
  readonly answers: boolean;
  /** Least time between two frames, in ms. */
  readonly minIntervalMs: number;
  /** Nothing is drawn until the curtain is raised. */
  readonly down: boolean;
}

/** What stands in the ring from host to screen, in the order in which it happened. */
export const TO_SCREEN = {
  /** What the program printed. */
  bytes: 1,
  /** Columns and rows, 16 bits each. */
  resize: 2,
  /** Draw what is there now; answered with `drawn` when every edge has it. */
  finish: 3,
  /** One byte: 1, and nothing is drawn from here on until it comes with 0. */
  curtain: 4,
  /** Answered with `snapshot`; a number of 32 bits that comes back with it. */
  snapshot: 5,
} as const;

/** What the host says to the screen in messages. An empty one wakes it: something is in the ring. */
export type ToScreen =
  | 0
  /** Other rules; answered with `ruled`. SECRET: its values. */
  | { readonly type: 'rules'; readonly rules: RuleSet }
  /** A line of foreign text, to be answered with its secrets masked. */
  | { readonly type: 'mask'; readonly ask: number; readonly text: string }
  /** Nothing that waits or stands on the screen now may be shown. */
  | { readonly type: 'panic' };

export type FromScreen =
  /** Frames can be followed. The name is without secrets; null when it could not be searched. */
  | { readonly type: 'ready'; readonly name: string | null }
  /** The rules of a `rules` message count now; false when they could not be used and the old ones stay. */
  | { readonly type: 'ruled'; readonly taken: boolean }
  /** Something was taken out of the ring, as the host wanted to hear. */
  | { readonly type: 'taken' }
  | { readonly type: 'modes'; readonly modes: InputModes; readonly alternate: boolean }
  | { readonly type: 'masked'; readonly count: number; readonly rules: Readonly<Record<string, number>> }
  /** Whether something stands on the screen that is not shown because it cannot be seen. */
  | { readonly type: 'hidden'; readonly hidden: boolean }
  /** A secret was learned: kept for a thread that may follow. It goes nowhere else. */
  | { readonly type: 'learned'; readonly lesson: Lesson }
  /** Observers see a sentence instead of the picture: the wall takes too long, or fails; `over`: it works again. */
  | { readonly type: 'withheld'; readonly reason: 'budget' | 'fault' | 'over' }
  /** So many more characters were printed that are never searched: it took too long, again and again. */
  | { readonly type: 'unsearched'; readonly count: number }
  | { readonly type: 'answer'; readonly bytes: Uint8Array }
  /** Answers `mask`; null when it could not be done. */
  | { readonly type: 'text'; readonly ask: number; readonly text: string | null }
  /** SECRET: not masked. For the presenter's own terminal. */
  | { readonly type: 'snapshot'; readonly ask: number; readonly snapshot: Snapshot }
  | { readonly type: 'drawn' };

// Host and the reader of rules ----------------------------------------------------------------------------------------

/** Where rules are read from; the environment is the process's own. */
export interface RulesFrom extends Omit<ConfigSources, 'env'> {
  /** `redact.toml` beside the settings, which need not be there. */
  readonly beside: string;
}

export interface RulesStart extends RulesFrom {
  /** Rule files that were there before: one that is gone is a fault, and no way to have fewer rules. */
  readonly known: readonly string[];
}

/** The rules, or what is wrong with them, one line a fault. */
export type FromRules = { readonly rules: RuleSet } | { readonly faults: readonly string[] };

// Host and edge ------------------------------------------------------------------------------------------------------

export interface EdgeStart {
  readonly listen: { readonly host: string | null; readonly port: number };
  /** SECRET. */
  readonly hostKey: string;
  readonly links: LinksSnapshot;
  readonly framesSocket: string;
  readonly state: SessionState;
  readonly chat: readonly ChatLine[];
  readonly lobby: boolean;
  readonly maxObservers: number;
  readonly limits: DoorLimits;
  readonly record: RecordStart | null;
}

export interface RecordStart {
  readonly path: string;
  /** Goes on with a file that an earlier edge of this session began. */
  readonly resume: boolean;
  /** What times in it are counted from, milliseconds since 1970. */
  readonly startedMs: number;
}

export type ToEdge =
  | ({ readonly type: 'start' } & EdgeStart)
  | { readonly type: 'state'; readonly state: SessionState }
  | { readonly type: 'links'; readonly change: LinkChange }
  | { readonly type: 'admit'; readonly id: string }
  | { readonly type: 'drop'; readonly ids: readonly string[]; readonly farewell: Farewell }
  | { readonly type: 'roster'; readonly ask: number; readonly text: string }
  | { readonly type: 'chat'; readonly line: ChatLine }
  | { readonly type: 'pointers'; readonly pointers: readonly Pointer[] }
  /** End his visit unless his side answers soon: he seems to have come back. */
  | { readonly type: 'prove'; readonly id: string }
  /** Tell how everybody fares; answered with `measures`. */
  | { readonly type: 'measure' }
  /** What became of a signed ticket. */
  | { readonly type: 'ticket'; readonly ask: number; readonly admission: Admission }
  /** Begins a recording, or ends it (null); answered with `recording`. */
  | { readonly type: 'record'; readonly record: RecordStart | null }
  | { readonly type: 'mark'; readonly text: string }
  /** The program does not take what is typed: who has the keyboard is to send no more, until it is off. */
  | { readonly type: 'hold'; readonly on: boolean }
  /** Are you still there? */
  | { readonly type: 'ping' }
  /** Bring everybody to the last frame, say goodbye, end. */
  | { readonly type: 'end' };

/** Somebody came in. */
export interface Arrival {
  readonly id: string;
  readonly addr: string;
  readonly client: string;
  readonly jti: string;
  readonly role: Role;
  /** Fingerprint of his key, when he proved one. */
  readonly key: string | null;
  readonly size: Size;
  /** What he calls himself: as his client sent it. */
  readonly name: string | null;
  /** His link is for one. */
  readonly once: boolean;
}

/** How one observer fares. */
export interface Measure {
  readonly id: string;
  /** Time that his side took to acknowledge what was sent last, or has not acknowledged it for; null: nothing was sent. */
  readonly lagMs: number | null;
  readonly bytes: number;
}

export type FromEdge =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'arrived'; readonly arrival: Arrival }
  | { readonly type: 'left'; readonly id: string; readonly reason: string }
  | { readonly type: 'refused'; readonly addr: string; readonly reason: string; readonly count: number }
  | { readonly type: 'resized'; readonly id: string; readonly size: Size }
  | { readonly type: 'ask' | 'withdraw' | 'giveBack'; readonly id: string }
  | { readonly type: 'press'; readonly id: string; readonly keys: Uint8Array }
  /** One who waits says who he is. */
  | { readonly type: 'name'; readonly id: string; readonly name: string }
  | { readonly type: 'suggest'; readonly id: string; readonly text: string; readonly ready: boolean }
  | { readonly type: 'vote'; readonly id: string; readonly yes: boolean }
  | { readonly type: 'chat'; readonly id: string; readonly text: string }
  | { readonly type: 'point'; readonly id: string; readonly cell: { readonly x: number; readonly y: number } | null }
  /** His side began to be slow, or is no longer. */
  | { readonly type: 'lag'; readonly id: string; readonly ms: number }
  | { readonly type: 'measures'; readonly measures: readonly Measure[] }
  | { readonly type: 'links'; readonly change: LinkChange }
  | { readonly type: 'roster'; readonly ask: number }
  /** Only the host has the key that checks signed tickets. SECRET: the token. */
  | { readonly type: 'ticket'; readonly ask: number; readonly request: Request }
  | { readonly type: 'pong' }
  /** Answers `record`: why a recording could not be begun, or null. */
  | { readonly type: 'recording'; readonly fault: string | null }
  /** The recording cannot be written any more. */
  | { readonly type: 'recordingLost' };
