/**
 * Lines that a peer suggests (control in mode `suggest`): he composes one, all see it, and the presenter's Enter sends
 * it to the program. What he typed is never sent otherwise.
 */
import type { Clock } from '../../core/clock.js';
import type { Participant, SessionEvent } from '../../core/events.js';
import { printable } from '../../core/printable.js';
import { isTyped } from '../../core/reports.js';
import type { Roster } from '../../core/roster.js';
import type { ControlState, SuggestionState } from '../../core/session.js';

export interface SuggestionsOptions {
  readonly roster: Roster;
  readonly clock: Clock;
  /** Who has control now. */
  readonly control: () => ControlState | null;
  /** The text with its secrets masked; null when that could not be done. */
  readonly masked: (text: string) => Promise<string | null>;
  /** Types a line that was approved, and Enter. */
  readonly submit: (line: string) => void;
  readonly emit: (event: SessionEvent) => void;
  /** @param shown called when the presenter has it before his eyes */
  readonly notice: (text: string, shown: () => void) => void;
  readonly changed: () => void;
}

/** Longest line that can be suggested, in characters: the presenter reads it in a title or one line of a multiplexer. */
export const SUGGESTION_MAX = 100;
/** What would push the rest of a line out of sight. */
const BLANKS = / {2,}/g;
/**
 * Enter is a yes when it comes so long after the presenter was shown the line, in ms: nobody reads faster, and what he
 * pressed before was meant for his program.
 */
const READ_MS = 500;
/** Enter in the encodings in which terminals send it: plain, kitty, xterm's modifyOtherKeys. */
const ENTER = new Set(['\r', '\n', '\x1b[13u', '\x1b[13;1u', '\x1b[27;1;13~']);
/** Up to here a shell's line is done with: Enter, C-c, C-u, C-d. */
const DONE_WITH = /^[\s\S]*[\r\n\x03\x15\x04]/;

interface Suggestion {
  readonly participant: Participant;
  /** SECRET until it is masked: exactly what will be typed. */
  readonly line: string;
  readonly ready: boolean;
}

export class Suggestions {
  readonly #options: SuggestionsOptions;
  #suggestion: Suggestion | null = null;
  #state: SuggestionState | null = null;
  /** When the presenter was shown the line that is offered, by the monotonic clock; null: not yet. */
  #shownAt: number | null = null;
  /** The presenter has typed a part of a line of his own: Enter is his. */
  #ownLine = false;

  constructor(options: SuggestionsOptions) {
    this.#options = options;
  }

  /** As observers are told. */
  get state(): SuggestionState | null {
    return this.#holds() ? this.#state : null;
  }

  /**
   * The line as it is now. What would not be drawn as it is sent is refused; so is another one while an offered line
   * lies before the presenter, who is to answer what he has read.
   */
  async compose(id: string, text: string, ready: boolean): Promise<void> {
    const control = this.#options.control();
    const present = this.#options.roster.watcher(id);
    if (present === null || control?.id !== id || control.mode !== 'suggest') return;
    if (printable(text, SUGGESTION_MAX) !== text || this.#offered !== null) return;
    const suggestion = { participant: present.participant, line: text, ready: ready && text.trim() !== '' };
    this.#suggestion = suggestion;
    this.#shownAt = null;
    const shown = await this.#options.masked(text);
    // A later one came, or he lost control.
    if (this.#suggestion !== suggestion || !this.#holds()) return;
    // Nobody agrees to what could not be shown to all.
    if (shown === null) return this.clear();
    const { name } = suggestion.participant;
    this.#state = { id, name, text: shown, ready: suggestion.ready };
    if (suggestion.ready) this.#offer(suggestion);
    this.#options.changed();
  }

  /**
   * The presenter typed. True when the keys were his yes to a suggestion, and are not for the program.
   * @param keys one character a byte.
   */
  answered(keys: string): boolean {
    if (!isTyped(keys)) return false;
    const suggestion = this.#offered;
    const accepted = suggestion !== null && !this.#ownLine && ENTER.has(keys);
    if (accepted && !this.#isRead) return false;
    if (!accepted) this.#ownLine = keys.replace(DONE_WITH, '') !== '';
    if (suggestion === null) return false;
    if (accepted) this.#options.submit(suggestion.line);
    this.#options.emit({ type: 'suggest', participant: suggestion.participant, accepted });
    this.clear();
    return accepted;
  }

  /** Nothing is suggested any more. */
  clear(): void {
    if (this.#suggestion === null) return;
    this.#suggestion = null;
    this.#state = null;
    this.#options.changed();
  }

  #offer(suggestion: Suggestion): void {
    const { clock, notice } = this.#options;
    const { participant, line } = suggestion;
    const told = line.replace(BLANKS, (run) => `[${run.length} blanks]`);
    notice(`${participant.name} suggests: ${told} · Enter runs it, any other key declines`, () => {
      if (this.#suggestion === suggestion) this.#shownAt = clock.now();
    });
  }

  /** The line that lies before the presenter. */
  get #offered(): Suggestion | null {
    return this.#suggestion?.ready === true && this.#holds() ? this.#suggestion : null;
  }

  get #isRead(): boolean {
    return this.#shownAt !== null && this.#options.clock.now() - this.#shownAt >= READ_MS;
  }

  /** True while the one who suggests has control in that mode. */
  #holds(): boolean {
    const control = this.#options.control();
    return control?.mode === 'suggest' && control.id === this.#suggestion?.participant.id;
  }
}
