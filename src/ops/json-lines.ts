/**
 * JSON lines on a socket: bytes in, one parsed value a line out, with a limit on how long a line may grow.
 * It knows nothing of what the values mean.
 */
import type { Socket } from 'node:net';

const NEWLINE = 0x0a;

/** What a line was: a JSON value, not JSON, or longer than allowed (then nothing more will be read). */
export type Line =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'oversize' };

/** Hands over each line that arrives, in order. After an oversize line it stops listening. */
export function readLines(socket: Socket, maxBytes: number, onLine: (line: Line) => void): void {
  let held: Buffer[] = [];
  let size = 0;
  const take = (piece: Buffer): void => {
    held.push(piece);
    size += piece.length;
  };
  const listen = (chunk: Buffer): void => {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); ; end = rest.indexOf(NEWLINE)) {
      take(end === -1 ? rest : rest.subarray(0, end));
      if (size > maxBytes) {
        socket.off('data', listen);
        onLine({ kind: 'oversize' });
        return;
      }
      if (end === -1) return;
      const text = Buffer.concat(held).toString('utf8');
      held = [];
      size = 0;
      rest = rest.subarray(end + 1);
      onLine(parse(text));
    }
  };
  socket.on('data', listen);
}

export function writeLine(socket: Socket, value: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(value)}\n`);
}

function parse(text: string): Line {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch {
    return { kind: 'garbage' };
  }
}
