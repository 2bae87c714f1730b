/** The data types of RFC 4251 section 5. Knows no message. */

/** Reads the fields of one payload. Every read throws a RangeError when the payload is too short for it. */
export class WireReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where the next field begins. */
  get offset(): number {
    return this.#at;
  }

  boolean(): boolean {
    return this.#bytes.readUInt8(this.#step(1)) !== 0;
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#step(4));
  }

  /** A string as bytes: a view, not a copy. */
  string(): Buffer {
    const length = this.uint32();
    const from = this.#step(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** A string as UTF-8 text. Bytes that are no UTF-8 become U+FFFD. */
  text(): string {
    return this.string().toString('utf8');
  }

  #step(length: number): number {
    const from = this.#at;
    if (length > this.#bytes.length - from) throw new RangeError('a field reaches beyond its packet');
    this.#at = from + length;
    return from;
  }
}

/** A number is a uint32, a boolean a byte, everything else a string with its length before it. */
export type Field = number | boolean | string | Uint8Array;

/** Composes a payload: the message's number, then its fields. */
export function compose(type: number, ...fields: readonly Field[]): Buffer {
  const parts: Uint8Array[] = [Uint8Array.of(type)];
  for (const field of fields) {
    if (typeof field === 'number') parts.push(uint32(field));
    else if (typeof field === 'boolean') parts.push(Uint8Array.of(field ? 1 : 0));
    else parts.push(...string(field));
  }
  return Buffer.concat(parts);
}

/** A name-list (RFC 4251 section 5) with its length before it. */
export function listOf(names: readonly string[]): Buffer {
  return Buffer.concat(string(names.join(',')));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function string(value: string | Uint8Array): [Buffer, Uint8Array] {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return [uint32(bytes.length), bytes];
}
