/** An observer who reads every byte that his client gets. */
import { spawn } from 'node:child_process';
import type { House } from './house.js';

/** What an observer's client received, and how to wait for it. */
export class Eye {
  bytes = '';

  /**
   * @param session gives the words of a command that watches
   * @param onChunk is told of every piece as it comes
   */
  constructor(
    house: House,
    session: { ssh(options: readonly string[]): readonly string[] },
    onChunk?: (chunk: Uint8Array) => void,
  ) {
    const [file, ...args] = session.ssh(['-tt']);
    const child = spawn(file!, args, { env: house.env, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdout!.on('data', (chunk: Buffer) => {
      this.bytes += chunk.toString('utf8');
      onChunk?.(chunk);
    });
    house.after(() => void child.kill('SIGKILL'));
  }
}

/** Without escape sequences: what stands on screens, in the order in which it was drawn. */
export function bare(bytes: string): string {
  return bytes
    .replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, '')
    .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()#][\s\S]|\x1b[^[\]]/g, '')
    .replace(/[\r\n]/g, '');
}
