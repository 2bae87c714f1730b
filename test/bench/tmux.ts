/** tmux: a server of the bench's own, in which a presenter sits, and what shows it to others. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contestant, SHELL, SSH, STAGE } from './contestant.js';
import { Sshd } from './sshd.js';
import type { Name } from './table.js';
import type { Terminal, Terminals } from './terminals.js';

/** Without its status line its screen is as high as the others'. */
const CONFIG = 'set -g status off\nset -g default-terminal tmux-256color\nset -sg escape-time 0\n';

/** One server. Those who show it have one each: what one of them is sent costs the others nothing. */
export interface Multiplexer {
  /** The terminal in which the presenter sits. */
  readonly stage: Terminal;
  /** Its socket, by which its processes can be told from those of another. */
  readonly socket: string;
  /** The words of the command with which somebody watches on this machine. */
  readonly attach: readonly string[];
  readonly pid: number;
  end(): void;
}

/** @param name of who shows it */
export async function multiplexer(all: Terminals, folder: string, name: Name): Promise<Multiplexer> {
  const socket = join(folder, `${name}.sock`);
  const config = join(folder, 'tmux.conf');
  writeFileSync(config, CONFIG);
  const words = ['tmux', '-u', '-S', socket];
  const stage = await all.open(STAGE, [...words, '-f', config, 'new-session', ...SHELL]);
  await stage.mark('$');
  const asked = execFileSync('tmux', ['-S', socket, 'display-message', '-p', '#{pid}'], { encoding: 'utf8' });
  return {
    stage,
    socket,
    attach: [...words, 'attach', '-r'],
    pid: Number(asked),
    end: () => execFileSync('tmux', ['-S', socket, 'kill-server']),
  };
}

/** tmux as people show it: observers attach to it read-only over an sshd of its own. */
export async function tmux(all: Terminals, folder: string): Promise<Contestant> {
  const { stage, attach, pid, end } = await multiplexer(all, folder, 'tmux');
  const sshd = await Sshd.open(join(folder, 'sshd'));
  const through = (port: number) => [
    ...[...SSH, '-i', sshd.key, '-p', String(port), `${sshd.user}@127.0.0.1`],
    ...attach,
  ];
  return {
    name: 'tmux',
    stage,
    glass: STAGE,
    watch: through(sshd.port),
    through,
    port: sshd.port,
    user: null,
    pids: () => [sshd.pid, pid],
    end: () => {
      end();
      sshd.close();
    },
  };
}
