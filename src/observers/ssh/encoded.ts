/** Text as bytes, encoded once for all who are sent the same: observers in the same state share one string. */

let lastText = '';
let lastBytes: Uint8Array = new Uint8Array(0);

/** The UTF-8 of `text`. Not to be changed: others may hold it. */
export function encoded(text: string): Uint8Array {
  if (text === lastText) return lastBytes;
  lastText = text;
  lastBytes = Buffer.from(text);
  return lastBytes;
}
