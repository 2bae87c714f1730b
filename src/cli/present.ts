/** `lectern present`: shares a new terminal until its program ends. */
import { writeSync } from 'node:fs';
import { keyFolder, openHostKey, openTicketKey } from '../access/keyfiles.js';
import { TicketOffice } from '../access/tickets.js';
import type { Size } from '../core/cells.js';
import type { LoggedEvent } from '../core/events.js';
import { prefixName } from '../core/keys.js';
import { formatDuration } from '../ops/durations.js';
import { runtimeFolder, stateFolder } from '../ops/paths.js';
import { Hangup } from '../presenter/hangup.js';
import { assertRunnable, type Program, statusOf } from '../presenter/pty.js';
import { assertTerminal } from '../presenter/terminal.js';
import { currentFolder, homeFolder } from './folders.js';
import { type PresentOptions, type Resolved, resolveOptions } from './present-options.js';
import { Session } from './session/host.js';
import { Stage } from './session/stage.js';
import { compileForEchoes } from './session/tiers.js';

/** Size of a terminal that nobody looks at. */
const HEADLESS_SIZE: Size = { cols: 80, rows: 24 };

/**
 * Shares a new terminal until its program ends.
 * @returns its exit code; 128 and the signal's number when a signal ended it.
 * @throws {LecternError} before anything is shared: CONFIG, USAGE, KEY_FILE, PORT_TAKEN, NOT_A_TTY, SPAWN.
 */
export async function present(typed: PresentOptions): Promise<number> {
  compileForEchoes();
  const options = resolveOptions(typed, process.env);
  if (options.headless) outliveReaders();
  const start = programOf(options);
  assertRunnable(start);
  if (!options.headless) assertTerminal();
  const keys = await openKeys();
  const size = options.size ?? (options.headless ? HEADLESS_SIZE : terminalSize());
  const session = await Session.open({
    ...options,
    size,
    keys,
    runtimeFolder: runtimeFolder(process.env),
    stateFolder: stateFolder(process.env, homeFolder()),
    onRemark: remark,
    onEvent: options.json ? printEvent : () => {},
  });
  process.once('uncaughtException', crash);
  // Whoever reads that it is ready may send a signal at once.
  const release = endOnSignals(session);
  announce(session, options);
  try {
    const stage = options.headless ? null : () => new Stage(options);
    return statusOf(await session.run({ ...start, env: { ...start.env, ...session.environment } }, stage));
  } finally {
    release();
    process.off('uncaughtException', crash);
  }
}

/** Exit code when lectern itself failed and not the program. */
const OWN_FAULT = 125;

/** A fault of ours: the terminal is given back on exit, and then one line says so. */
function crash(error: Error): void {
  process.once('exit', () => writeSync(2, `lectern: something broke that should not (${error.message})\n`));
  process.exit(OWN_FAULT);
}

async function openKeys() {
  const folder = keyFolder(process.env, homeFolder());
  const { pem, fingerprint } = openHostKey(folder, (path, kept) =>
    tellSetAside(path, kept, 'who knows the old one is warned by ssh and should ask you for the fingerprint'),
  );
  const ticketKey = openTicketKey(folder, (path, kept) =>
    tellSetAside(path, kept, 'tickets that the old one signed are not valid any more'),
  );
  return { pem, fingerprint, tickets: await TicketOffice.open(ticketKey) };
}

function tellSetAside(path: string, kept: string, consequence: string): void {
  remark(`${path} was no key: it is kept as ${kept}, and a new key was made; ${consequence}`);
}

function terminalSize(): Size {
  const { columns, rows } = process.stdout;
  // A terminal that does not know its size says 0.
  return columns > 0 && rows > 0 ? { cols: columns, rows } : HEADLESS_SIZE;
}

function programOf({ command, headless }: Resolved): Omit<Program, 'size'> {
  const { env } = process;
  const [file, ...args] = command.length > 0 ? command : [env['SHELL'] || '/bin/sh'];
  const term = headless ? 'xterm-256color' : (env['TERM'] ?? 'xterm-256color');
  return { file: file!, args, cwd: currentFolder(), env, term };
}

function announce(session: Session, options: Resolved): void {
  const { watch, fingerprint } = session.ready;
  if (session.logRemark !== null) remark(session.logRemark);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ v: 1, type: 'ready', ...session.ready })}\n`);
    return;
  }
  const access = options.readOnly ? 'read only, without control' : 'read only';
  const { headless, prefix } = options;
  const panel = headless || prefix === null ? '' : `  ${prefixName(prefix)} opens the panel, exit ends it.`;
  process.stdout.write(
    `  Sharing "${options.name}", ${access}, for ${formatDuration(options.ttlMs)}.${panel}\n` +
      `    watch    ${watch}\n` +
      `    host key ${fingerprint}\n`,
  );
}

/** Who read our lines may leave (`| head -1`), and a disk may be full: the session goes on, for it is not about lines. */
function outliveReaders(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return;
    remark(`nothing more is printed, the session goes on (${code})`);
  });
}

function remark(text: string): void {
  process.stderr.write(`lectern: ${text}\n`);
}

function printEvent(event: LoggedEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/**
 * A signal ends the session in good order: the program is hung up and everything is given back. SIGHUP does so when the
 * terminal is gone, and has the rule files read again when it is there.
 */
function endOnSignals(session: Session): () => void {
  const hangup = new Hangup();
  const end = () => session.stop();
  const hup = () => (hangup.happened ? session.stop() : session.reloadRules());
  const signals = { SIGTERM: end, SIGINT: end, SIGQUIT: end, SIGHUP: hup };
  for (const [signal, act] of Object.entries(signals)) process.on(signal, act);
  return () => {
    for (const [signal, act] of Object.entries(signals)) process.off(signal, act);
  };
}
