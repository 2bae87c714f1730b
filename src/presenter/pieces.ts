/** Pieces of a stream as one. Knows nothing of where they come from. */

/** All `pieces` in order. Pieces that lie one behind the other in memory are not copied. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const first = pieces[0];
  if (first === undefined) return new Uint8Array(0);
  let end = first.byteOffset;
  for (const { buffer, byteOffset, length } of pieces) {
    if (buffer !== first.buffer || byteOffset !== end) return Buffer.concat(pieces);
    end += length;
  }
  return new Uint8Array(first.buffer, first.byteOffset, end - first.byteOffset);
}
