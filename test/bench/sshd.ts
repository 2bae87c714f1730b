/** An OpenSSH server of the bench's own: its port, keys and settings, and none of the system's. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { answers, freePort } from './ports.js';

const SSHD = '/usr/sbin/sshd';
/** sshd wants this empty folder when root runs it; the system's own service makes it at boot. */
const SEPARATION = '/run/sshd';

export class Sshd {
  readonly port: number;
  /** Path of the private key that may log in. */
  readonly key: string;
  readonly user = userInfo().username;
  readonly #child: ChildProcess;
  readonly #madeFolder: boolean;

  private constructor(port: number, key: string, child: ChildProcess, madeFolder: boolean) {
    this.port = port;
    this.key = key;
    this.#child = child;
    this.#madeFolder = madeFolder;
  }

  static async open(folder: string): Promise<Sshd> {
    mkdirSync(folder, { mode: 0o700 });
    const [hostKey, key] = [join(folder, 'host_key'), join(folder, 'key')] as const;
    for (const path of [hostKey, key]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
    const port = await freePort();
    const config = join(folder, 'sshd_config');
    const settings = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${key}.pub`,
      `PidFile ${join(folder, 'pid')}`,
      ...['StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin yes', 'PrintMotd no'],
      // Fifty observers come one after another.
      ...['MaxStartups 200', 'MaxSessions 200'],
    ];
    writeFileSync(config, `${settings.join('\n')}\n`);
    const madeFolder = userInfo().uid === 0 && !existsSync(SEPARATION);
    if (madeFolder) mkdirSync(SEPARATION, { mode: 0o755 });
    const child = spawn(SSHD, ['-D', '-f', config], { stdio: 'ignore' });
    await answers(port, 'sshd');
    return new Sshd(port, key, child, madeFolder);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  close(): void {
    this.#child.kill('SIGTERM');
    if (this.#madeFolder) rmdirSync(SEPARATION);
  }
}
