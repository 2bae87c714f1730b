/**
 * Reads the line by which a client says who it is (RFC 4253 section 4.2), over any number of segments.
 * ssh2 1.17.0 loses the line when it comes in three segments or more, and waits for its end without limit.
 */

/** RFC 4253 section 4.2: 255 characters, CR and LF included. */
const MAX_IDENT = 255;
const LF = 10;
const IDENT = /^SSH-(?:2\.0|1\.99)-[\x21-\x7e]+(?: [\x20-\x7e]*)?\r?\n$/;
/** What is told about a client to others. */
const MAX_CLIENT = 64;

export type IdentProgress =
  | { readonly kind: 'more' }
  | { readonly kind: 'bad' }
  /** `line` with its end, `client` to be shown, `rest` belongs to the protocol. */
  | { readonly kind: 'ident'; readonly line: Buffer; readonly client: string; readonly rest: Buffer };

export class IdentReader {
  #held: Buffer = Buffer.alloc(0);

  /** Takes the next bytes. Not to be called again after anything but `more`. */
  feed(chunk: Buffer): IdentProgress {
    const end = chunk.indexOf(LF);
    const head = end < 0 ? chunk : chunk.subarray(0, end + 1);
    if (this.#held.length + head.length > MAX_IDENT) return { kind: 'bad' };
    this.#held = Buffer.concat([this.#held, head]);
    if (end < 0) return this.#couldBecomeIdent() ? { kind: 'more' } : { kind: 'bad' };
    const text = this.#held.toString('latin1');
    if (!IDENT.test(text)) return { kind: 'bad' };
    const client = text
      .trimEnd()
      .replace(/^SSH-[\d.]+-/, '')
      .slice(0, MAX_CLIENT);
    return { kind: 'ident', line: this.#held, client, rest: chunk.subarray(end + 1) };
  }

  /** A web browser or a scanner is turned away at its first bytes. */
  #couldBecomeIdent(): boolean {
    const prefix = 'SSH-';
    const text = this.#held.toString('latin1', 0, prefix.length);
    return prefix.startsWith(text);
  }
}
