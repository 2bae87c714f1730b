/**
 * What the parts of a session say to each other: the host (main thread), the screen (worker thread) and the edge
 * (child process). Plain data. The edge is never told raw bytes; frames reach it on a socket of their own.
 */
import type { LinkChange, LinksSnapshot } from '../../access/links.js';
import type { Admission, Request } from '../../core/admission.js';
import type { Size } from '../../core/cells.js';
import type { ErrorCode, Farewell } from '../../core/errors.js';
import type { Role } from '../../core/events.js';
import type { ChatLine, InputModes, Pointer, SessionState } from '../../core/session.js';
import type { RuleSet } from '../../ops/rules.js';
import type { Settings } from '../../ops/settings.js';
import type { Snapshot } from '../../presenter/snapshot.js';

// Host and screen ----------------------------------------------------------------------------------------------------

export interface ScreenStart {
  readonly size: Size;
  readonly rules: RuleSet;
  /** Unix socket on which frames are handed to edges. */
  readonly framesSocket: string;
  /** Nobody else answers the program's questions to its terminal. */
  readonly answers: boolean;
  /** Least time between two frames, in ms. */
  readonly minIntervalMs: number;
  /** Nothing is drawn until the curtain is raised. */
  readonly down: boolean;
}

export type ToScreen =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'resize'; readonly size: Size }
  /** Answered with `snapshot`, of all that was sent before. */
  | { readonly type: 'snapshot'; readonly ask: number }
  /** True: nothing is drawn until it is false again. */
  | { readonly type: 'curtain'; readonly down: boolean }
  /** A line of foreign text, to be answered with its secrets masked. */
  | { readonly type: 'mask'; readonly ask: number; readonly text: string }
  /** Draw what is there now; answered with `drawn` when every edge has it. */
  | { readonly type: 'finish' };

export type FromScreen =
  | { readonly type: 'ready' }
  /** So many bytes were taken in. */
  | { readonly type: 'taken'; readonly bytes: number }
  | { readonly type: 'modes'; readonly modes: InputModes; readonly alternate: boolean }
  | { readonly type: 'masked'; readonly count: number; readonly rules: Readonly<Record<string, number>> }
  /** The wall failed closed: observers get nothing new until it works again. */
  | { readonly type: 'withheld'; readonly count: number }
  | { readonly type: 'answer'; readonly bytes: Uint8Array }
  /** SECRET: not masked. For the presenter's own terminal. */
  | { readonly type: 'snapshot'; readonly ask: number; readonly snapshot: Snapshot }
  /** Answers `mask`; null when it could not be done. */
  | { readonly type: 'text'; readonly ask: number; readonly text: string | null }
  | { readonly type: 'drawn' };

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
  readonly limits: Settings['limits'];
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
  | { readonly type: 'drop'; readonly id: string; readonly farewell: Farewell }
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
  /** What is recorded to now; `fault` says why not. */
  | { readonly type: 'recording'; readonly path: string | null; readonly fault: string | null }
  | { readonly type: 'ended' };
