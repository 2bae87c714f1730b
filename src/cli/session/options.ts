/** What a session is opened with: everything checked, nothing typed by hand any more. */
import type { TicketOffice } from '../../access/tickets.js';
import type { Size } from '../../core/cells.js';
import type { LoggedEvent } from '../../core/events.js';
import type { RuleSet } from '../../ops/rules.js';
import type { DoorLimits, Settings } from '../../ops/settings.js';
import type { RulesFrom } from './messages.js';

export interface SessionOptions {
  readonly name: string;
  readonly listen: { readonly host: string | null; readonly port: number };
  /** Name of this machine in the ssh line. */
  readonly publicHost: string;
  readonly ttlMs: number;
  readonly once: boolean;
  readonly listed: ReadonlySet<string> | null;
  readonly approve: 'none' | 'first' | 'each';
  readonly readOnly: boolean;
  readonly maxObservers: number;
  readonly ends: Settings['ends'];
  readonly consensus: Settings['consensus'];
  readonly room: Settings['room'];
  readonly pausePrograms: Settings['pausePrograms'];
  readonly auditInput: Settings['auditInput'];
  readonly record: string | null;
  readonly rules: RuleSet;
  /** Where rules are read again from. */
  readonly rulesFrom: RulesFrom;
  /** How long a screen waits before observers see it, in ms; 0 for not at all. */
  readonly delayMs: number;
  readonly size: Size;
  /** Nobody but the emulator answers the program's questions. */
  readonly headless: boolean;
  /** The control character that begins a hotkey; null for none. */
  readonly prefix: number | null;
  /** Any key of the presenter takes control back. */
  readonly preempt: boolean;
  /** What the hotkey gives, in ms. */
  readonly grantMs: number;
  /** Least time between two frames, in ms. */
  readonly minIntervalMs: number;
  readonly limits: DoorLimits;
  readonly keys: { readonly pem: string; readonly fingerprint: string; readonly tickets: TicketOffice };
  readonly runtimeFolder: string;
  readonly stateFolder: string;
  /** What the presenter should know when he has no terminal to be told on: one line. */
  readonly onRemark: (text: string) => void;
  /** Each event of the session, as it happens. */
  readonly onEvent: (event: LoggedEvent) => void;
}
