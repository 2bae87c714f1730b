/**
 * Who else shares terminals: measured when the path of its program is given in the environment, and named as missing
 * when it is not. What tmate and ttyd need beside their program (a server in a namespace of its own, a browser) is not
 * here: they are named as missing always.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Contestant, kill, STAGE } from './contestant.js';
import type { Measures } from './measures.js';
import { freePort } from './sshd.js';
import type { Name } from './table.js';
import { sleep, type Terminals } from './terminals.js';

interface Other {
  readonly name: Name;
  /** @param tmux which some of them show */
  readonly open: (all: Terminals, tmux: Contestant) => Promise<Contestant>;
}

const TTY_SHARE = process.env['LECTERN_BENCH_TTY_SHARE'];
/** The folder of mosh-server and mosh-client. */
const MOSH = process.env['LECTERN_BENCH_MOSH'];
/** A server is there after that, in ms. */
const START_MS = 800;

/** Those that are here. */
export function others(): readonly Other[] {
  const all: Other[] = [];
  if (isThere(TTY_SHARE)) all.push({ name: 'tty-share', open: (terminals) => ttyShare(terminals, TTY_SHARE) });
  if (isThere(MOSH)) all.push({ name: 'mosh', open: async (_, tmux) => mosh(tmux, MOSH) });
  return all;
}

/** Those that are not, and what would bring them in. */
export function missing({ others }: Measures): readonly string[] {
  if (!others) return ['tty-share and mosh (--quick measures lectern, script and tmux)'];
  return [
    ...(isThere(TTY_SHARE) ? [] : ['tty-share (LECTERN_BENCH_TTY_SHARE: path of its program)']),
    ...(isThere(MOSH) ? [] : ['mosh (LECTERN_BENCH_MOSH: folder of mosh-server and mosh-client)']),
    'tmate (needs a server of its own)',
    'ttyd (needs a browser)',
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
  await sleep(START_MS);
  const through = (other: number) => [program, `http://127.0.0.1:${other}/s/local/`];
  return {
    name: 'tty-share',
    stage,
    watch: through(port),
    through,
    port,
    user: null,
    pids: [stage.pid],
    end: () => kill(stage.pid),
  };
}

/** A read-only client of tmux behind a mosh-server for each observer: the same presenter as tmux. Its CPU is not counted. */
function mosh(tmux: Contestant, folder: string): Contestant {
  const [server, client] = [join(folder, 'mosh-server'), join(folder, 'mosh-client')];
  const attach = tmux.watch.slice(tmux.watch.indexOf('tmux')).join(' ');
  const start = `${server} new -c 256 -i 127.0.0.1 -- ${attach} 2>/dev/null | grep CONNECT`;
  const watch = ['sh', '-c', `set -- $(${start}); MOSH_KEY=$4 exec ${client} 127.0.0.1 $3`];
  return { ...tmux, name: 'mosh', watch, through: null, port: 0, user: null, end: () => {} };
}
