/**
 * The wall as the host knows it: what is masked, whether the picture is withheld, and the rules, which are read again
 * when their files change. It holds counts and ids of rules; what they find stays in the screen thread.
 */
import { Worker } from 'node:worker_threads';
import type { SessionEvent } from '../../core/events.js';
import type { SecretValue } from '../../core/redact/values.js';
import type { SessionState } from '../../core/session.js';
import { FileWatch } from '../../ops/file-watch.js';
import type { RuleSet } from '../../ops/rules.js';
import type { SessionInfo } from '../../ops/session-api.js';
import type { FromRules, FromScreen, RulesFrom, RulesStart } from './messages.js';

export interface WallOptions {
  readonly rules: RuleSet;
  readonly from: RulesFrom;
  /** Hands rules to the screen thread, which answers `ruled`. */
  readonly setRules: (rules: RuleSet) => void;
  readonly emit: (event: SessionEvent) => void;
  readonly notice: (text: string) => void;
  /** The state that observers are told has changed. */
  readonly changed: () => void;
}

/** What the screen thread says of the wall. */
export type WallMessage = Extract<FromScreen, { type: 'masked' | 'hidden' | 'withheld' | 'unsearched' | 'ruled' }>;

export class Wall {
  readonly #options: WallOptions;
  readonly #watch = new FileWatch(() => this.reload());
  #rules: RuleSet;
  #masked: Readonly<Record<string, number>> = {};
  #count = 0;
  #hidden = false;
  #withheld = false;
  #unsearched = 0;
  #faults: readonly string[] = [];
  #reading = false;
  /** Something changed while the files were read. */
  #again = false;
  #closed = false;

  constructor(options: WallOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.#follow();
  }

  /** What observers are told of it. */
  get state(): Pick<SessionState, 'masked' | 'hidden'> {
    return { masked: this.#count, hidden: this.#hidden };
  }

  /** What is told of it to whoever asks about the session. */
  get info(): Pick<SessionInfo, 'masked' | 'withheld' | 'unsearched' | 'ruleFaults'> {
    return { masked: this.masked, withheld: this.withheld, unsearched: this.#unsearched, ruleFaults: this.faults };
  }

  /** The same by rule. */
  get masked(): Readonly<Record<string, number>> {
    return this.#masked;
  }

  /** Observers see a sentence instead of the picture. */
  get withheld(): boolean {
    return this.#withheld;
  }

  /** What is wrong with the rule files since they changed; the rules before are in force. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  receive(message: WallMessage): void {
    switch (message.type) {
      case 'masked':
        this.#masked = message.rules;
        this.#count = message.count;
        this.#options.emit({ type: 'redact', count: message.count, rules: message.rules });
        return this.#options.changed();
      case 'hidden':
        this.#hidden = message.hidden;
        return this.#options.changed();
      case 'withheld':
        return this.#tellWithheld(message.reason);
      case 'unsearched':
        return this.#tellUnsearched(message.count);
      case 'ruled':
        if (!message.taken) this.#keep(['the rules cannot be used; see: lectern redact lint']);
    }
  }

  /** Another screen thread begins: what the last one said of its screen is over. */
  beginAnew(): void {
    this.#masked = {};
    this.#count = 0;
    this.#hidden = false;
    if (this.#withheld) this.#options.emit({ type: 'withheld', reason: 'over' });
    this.#withheld = false;
    this.#options.changed();
  }

  /** Reads the rule files again. */
  reload(): void {
    if (this.#closed) return;
    this.#again = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    void readRules({ ...this.#options.from, known: this.#rules.ruleFiles }).then((found) => {
      this.#reading = false;
      if (this.#closed) return;
      if ('rules' in found) this.#take(found.rules);
      else this.#keep(found.faults);
      this.#follow();
      if (this.#again) this.reload();
    });
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
  }

  #tellWithheld(reason: 'budget' | 'fault' | 'over'): void {
    this.#withheld = reason !== 'over';
    this.#options.emit({ type: 'withheld', reason });
    if (reason === 'over') return this.#options.notice('the masking rules work again: observers see the picture');
    const why = reason === 'budget' ? 'the masking rules take too long' : 'the masking rules fail';
    this.#options.notice(`${why}: observers are told that the picture is withheld`);
  }

  #tellUnsearched(count: number): void {
    this.#unsearched += count;
    this.#options.emit({ type: 'redact', unsearched: this.#unsearched });
    const what = `the masking rules gave up on ${this.#unsearched} characters that were printed, after many tries`;
    this.#options.notice(`${what}: a piece of a secret in them may be shown later`);
  }

  #take(read: RuleSet): void {
    this.#faults = [];
    const rules = { ...read, values: withOld(read.values, this.#rules.values) };
    if (JSON.stringify(rules) === JSON.stringify(this.#rules)) return;
    this.#rules = rules;
    this.#options.setRules(rules);
    const loaded = { rules: rules.rules.length, values: rules.values.length };
    this.#options.emit({ type: 'redact', reload: 'taken', loaded });
    this.#options.notice(`the redaction rules were read again: ${loaded.rules} rules, ${loaded.values} values`);
  }

  #keep(faults: readonly string[]): void {
    this.#faults = faults;
    this.#options.emit({ type: 'redact', reload: 'kept', faults });
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    this.#options.notice(`the redaction rules have faults and the old ones stay: ${faults[0]}${more}`);
  }

  #follow(): void {
    const { ruleFiles, valueFiles } = this.#rules;
    this.#watch.follow([this.#options.from.beside, ...ruleFiles, ...valueFiles]);
  }
}

/**
 * A value that was masked once stays so until the session ends: it may still stand on the screen, and a file that is
 * just being written has less in it than it will.
 */
function withOld(values: readonly SecretValue[], old: readonly SecretValue[]): readonly SecretValue[] {
  const known = new Set(values.map(({ value }) => value));
  return [...values, ...old.filter(({ value }) => !known.has(value))];
}

function readRules(workerData: RulesStart): Promise<FromRules> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./rules-worker.js', import.meta.url), { workerData });
    worker.once('message', resolve);
    // Its own fault, or no memory: nothing of what it read may be told.
    worker.once('error', () => resolve({ faults: ['the rule files could not be read'] }));
  });
}
