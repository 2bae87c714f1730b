/**
 * Who else shares terminals: measured when the path of its program is given in the environment, and named as missing
 * when it is not. What tmate needs beside its program (a server that nobody packages) is not here: it is named as
 * missing always.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile, WEBSOCKET } from './compile.js';
import { type Contestant, kill, STAGE } from './contestant.js';
import type { Measures } from './measures.js';
import { answers, freePort } from './ports.js';
import { running } from './processes.js';
import type { Name } from './table.js';
import type { Terminals } from './terminals.js';
import { multiplexer } from './tmux.js';

interface Other {
  readonly name: Name;
  /** @param folder for sockets and programs */
  readonly open: (all: Terminals, folder: string) => Promise<Contestant>;
}

const TTY_SHARE = process.env['LECTERN_BENCH_TTY_SHARE'];
/** The folder of mosh-server and mosh-client. */
const MOSH = process.env['LECTERN_BENCH_MOSH'];
const TTYD = process.env['LECTERN_BENCH_TTYD'];

/** Those that are here. */
export function others(): readonly Other[] {
  const all: Other[] = [];
  if (isThere(TTY_SHARE)) all.push({ name: 'tty-share', open: (terminals) => ttyShare(terminals, TTY_SHARE) });
  if (isThere(MOSH)) all.push({ name: 'mosh', open: (terminals, folder) => mosh(terminals, folder, MOSH) });
  if (isThere(TTYD)) all.push({ name: 'ttyd', open: (terminals, folder) => ttyd(terminals, folder, TTYD) });
  return all;
}

/** Those that are not, and what would bring them in. */
export function missing({ others }: Measures): readonly string[] {
  if (!others) return ['tty-share, mosh and ttyd (--quick measures lectern, script and tmux)'];
  return [
    ...(isThere(TTY_SHARE) ? [] : ['tty-share (LECTERN_BENCH_TTY_SHARE: path of its program)']),
    ...(isThere(MOSH) ? [] : ['mosh (LECTERN_BENCH_MOSH: folder of mosh-server and mosh-client)']),
    ...(isThere(TTYD) ? [] : ['ttyd (LECTERN_BENCH_TTYD: path of its program)']),
    'tmate (needs a tmate-ssh-server, which nobody packages)',
  ];
}

function isThere(path: string | undefined): path is string {
  return path !== undefined && existsSync(path);
}

/** A server in the presenter's terminal, which clients of its own connect to over HTTP. */
async function ttyShare(all: Terminals, program: string): Promise<Contestant> {
  const port = await freePort();
  const words = ['env', 'PS1=$ ', program, '--no-wait', '--readonly', '--listen', `127.0.0.1:${port}`];
  const stage = await all.open(STAGE, [...words, '--command', 'sh', '--args', '-i']);
  await stage.mark('$');
  await answers(port, 'tty-share');
  const through = (other: number) => [program, `http://127.0.0.1:${other}/s/local/`];
  return {
    name: 'tty-share',
    stage,
    glass: STAGE,
    watch: through(port),
    through,
    port,
    user: null,
    pids: () => [stage.pid],
    end: () => kill(stage.pid),
  };
}

/** tmux, which is attached to behind a mosh-server for each observer. What carries it is UDP, and no link of ours. */
async function mosh(all: Terminals, folder: string, programs: string): Promise<Contestant> {
  const { stage, socket, attach, pid, end } = await multiplexer(all, folder, 'mosh');
  const [server, client] = [join(programs, 'mosh-server'), join(programs, 'mosh-client')];
  const start = `${server} new -c 256 -i 127.0.0.1 -- ${attach.join(' ')} 2>/dev/null | grep CONNECT`;
  return {
    name: 'mosh',
    stage,
    glass: STAGE,
    watch: ['sh', '-c', `set -- $(${start}); MOSH_KEY=$4 exec ${client} 127.0.0.1 $3`],
    through: null,
    port: 0,
    user: null,
    pids: () => [pid, ...running(server, socket)],
    end,
  };
}

/** tmux, which ttyd attaches to for each observer, as its manual has it for one terminal that many see. */
async function ttyd(all: Terminals, folder: string, program: string): Promise<Contestant> {
  const { stage, attach, pid, end } = await multiplexer(all, folder, 'ttyd');
  const port = await freePort();
  const words = ['--port', String(port), '--interface', '127.0.0.1', ...attach];
  const server = spawn(program, words, { stdio: 'ignore', env: all.env });
  await answers(port, 'ttyd');
  const client = compile(WEBSOCKET, folder);
  const through = (other: number) => [client, String(other)];
  return {
    name: 'ttyd',
    stage,
    glass: STAGE,
    watch: through(port),
    through,
    port,
    user: null,
    pids: () => [server.pid!, pid],
    end: () => {
      server.kill('SIGTERM');
      end();
    },
  };
}
