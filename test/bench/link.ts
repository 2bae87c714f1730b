/** The bench's end of link.c: a way to a port, with a delay, a rate and losses, or with nothing but a count of bytes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { compile, LINK } from './compile.js';

export interface Quality {
  /** One way. */
  readonly delayMs: number;
  /** 0: without a limit. */
  readonly bitsPerSecond: number;
  /** Share of the segments, 0 to 1. */
  readonly loss: number;
}

/** As good as the loopback. */
export const PERFECT: Quality = { delayMs: 0, bitsPerSecond: 0, loss: 0 };
/** A phone in a train. */
export const BAD: Quality = { delayMs: 50, bitsPerSecond: 1e6, loss: 0.01 };
/** The same segments are lost in each run. */
const SEED = 1;

export class Link {
  /** Where clients connect to. */
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, port: number) {
    this.#child = child;
    this.#lines = lines;
    this.port = port;
  }

  static async open(folder: string, target: number, { delayMs, bitsPerSecond, loss }: Quality): Promise<Link> {
    const words = [target, delayMs, bitsPerSecond, loss, SEED].map(String);
    const child = spawn(compile(LINK, folder), words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = linesOf(child);
    const [, , port] = (await lines.next()).value!.split('\t');
    return new Link(child, lines, Number(port));
  }

  /** Bytes that the client of connection `id` got so far: with everything that SSH adds, without what TCP does. */
  async received(id: number): Promise<number> {
    this.#child.stdin!.write(`count\t${id}\n`);
    const [, , down] = (await this.#lines.next()).value!.split('\t');
    return Number(down);
  }

  close(): void {
    this.#child.stdin!.end();
  }
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string, string> {
  let rest = '';
  for await (const text of child.stdout!.setEncoding('utf8')) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  return '';
}
