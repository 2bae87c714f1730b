/** What real clients print when they are refused: stock ssh, plink and dbclient, run to their end, as text to compare. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Emulator } from '../../src/presenter/emulator.js';
import { Pty } from '../../src/presenter/pty.js';
import { type House, type Ready, run, until } from './house.js';

export const CLIENTS = ['ssh', 'plink', 'dbclient'] as const;
export type Client = (typeof CLIENTS)[number];

/** How a client is started. */
export interface Start {
  readonly user: string;
  /** Options before the destination. */
  readonly options?: readonly string[];
  readonly command?: readonly string[];
  /** It asks for a terminal: what it prints is drawn. */
  readonly terminal?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What a terminal shows after what was printed to it; null when none was asked for. */
  readonly shown: string | null;
}

const SIZE = { cols: 80, rows: 24 };

/** Version of each client that is here: their words change with it. Those that are not here are left out. */
export function versions(): ReadonlyMap<Client, string> {
  const asked: Readonly<Record<Client, RegExp>> = {
    ssh: /OpenSSH_\S+?(?=[,\s])/,
    plink: /Release [\d.]+/,
    dbclient: /Dropbear v[\d.]+/,
  };
  const found = CLIENTS.flatMap((client): [Client, string][] => {
    try {
      const said = execFileSync('sh', ['-c', `${client} -V 2>&1 || true`], { encoding: 'utf8' });
      const version = asked[client].exec(said)?.[0];
      return version === undefined ? [] : [[client, version]];
    } catch {
      return [];
    }
  });
  return new Map(found);
}

/** The words that start a client which knows the host's key and has no key of its own. */
export function words(client: Client, house: House, ready: Ready, start: Start): readonly string[] {
  const { user, options = [], command = [], terminal = false } = start;
  const where = `${user}@127.0.0.1`;
  const port = String(ready.port);
  if (client === 'plink') {
    const tty = terminal ? ['-t'] : [];
    return ['plink', ...tty, '-P', port, '-hostkey', ready.fingerprint, ...options, where, ...command];
  }
  if (client === 'dbclient') {
    return ['dbclient', ...(terminal ? ['-t'] : []), '-y', '-y', '-p', port, ...options, where, ...command];
  }
  const known = join(house.home, 'known_hosts');
  if (!existsSync(known)) writeFileSync(known, `lectern ${publicKeyOf(house)}`);
  const quiet = ['-F', '/dev/null', '-o', `UserKnownHostsFile=${known}`, '-o', 'HostKeyAlias=lectern'];
  const keyless = ['-o', 'IdentityAgent=none', '-o', `IdentityFile=${join(house.home, 'none')}`];
  // What comes first counts with OpenSSH.
  return ['ssh', ...(terminal ? ['-tt'] : []), ...options, ...quiet, ...keyless, '-p', port, where, ...command];
}

function publicKeyOf(house: House): string {
  const file = join(house.home, '.config/lectern/keys/host_ed25519');
  return execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
}

/** Runs a client without a terminal to its end. */
export async function runs(
  house: House,
  [file, ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return { ...(await run(file!, args, { ...house.env, ...env })), shown: null };
}

/** A client on a terminal of its own, as a person has it. */
export class Seated {
  readonly outcome: Promise<Outcome>;
  readonly #pty: Pty;
  readonly #emulator = new Emulator(SIZE);
  #unread = '';

  constructor(
    house: House,
    [file, ...args]: readonly string[],
    answers?: { readonly asks: RegExp; readonly with: string },
  ) {
    const env = { ...house.env, TERM: 'xterm-256color' };
    const pty = Pty.open({ file: file!, args, cwd: house.home, env, size: SIZE, term: 'xterm-256color' });
    this.#pty = pty;
    pty.onBytes((bytes) => {
      this.#emulator.feed(bytes);
      if (answers !== undefined) this.#answer(bytes, answers.asks, answers.with);
    });
    let code: number | null = null;
    pty.onExit((exit) => {
      code = exit.code;
    });
    house.after(() => {
      if (code === null) pty.kill('SIGKILL');
    });
    this.outcome = until(`the end of ${file}`, () => code !== null).then(() => {
      return { code: code ?? -1, stdout: '', stderr: '', shown: this.shown };
    });
    // Whoever never asks for it is told by what fails before.
    this.outcome.catch(() => {});
  }

  /** What the terminal shows now. */
  get shown(): string {
    return textOf(this.#emulator);
  }

  async sees(text: string): Promise<void> {
    await until(`"${text}" at the client`, () => this.shown.includes(text)).catch((error: Error) => {
      throw new Error(`${error.message}, which shows:\n${this.shown}`);
    });
  }

  type(keys: string): void {
    this.#pty.type(Buffer.from(keys));
  }

  #answer(bytes: Uint8Array, asks: RegExp, answer: string): void {
    this.#unread += Buffer.from(bytes).toString();
    if (!asks.test(this.#unread)) return;
    this.#unread = '';
    this.type(`${answer}\r`);
  }
}

function textOf(emulator: Emulator): string {
  const { rows } = emulator.capture(null);
  const lines = rows.map((row) =>
    Array.from({ length: row.cols }, (_, x) => row.text(x) || ' ')
      .join('')
      .trimEnd(),
  );
  while (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\n`).join('');
}

/** One client's part of a transcript: how it was started, how it ended, what it printed. */
export function transcript(
  client: Client,
  started: readonly string[],
  { code, stdout, stderr, shown }: Outcome,
): string {
  const part = (name: string, text: string) => (text === '' ? [] : [`${name}:`, ...linesOf(text)]);
  const lines = [
    `== ${client}`,
    `$ ${started.join(' ')}`,
    `exit ${code}`,
    ...part('stdout', stdout),
    ...part('stderr', stderr),
    ...(shown === null ? [] : part('the terminal shows', shown)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Lines with a margin; what is no plain character is spelled out. */
function linesOf(text: string): readonly string[] {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const spell = (char: string) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return lines.map((line) => `  | ${line.replace(/[\x00-\x1f\x7f]/g, spell)}`.trimEnd());
}
