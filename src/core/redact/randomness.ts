/**
 * Whether a text looks as if it had been drawn at random. What does not may well be a word of ordinary text, and to
 * mask its fragments wherever they stand would make a screen unreadable.
 */

/** Shorter texts are too short to tell. */
const MIN_LENGTH = 12;
/** Identifiers and prose have fewer digits. */
const MIN_DIGITS = 2;
/** Bits a character: names that repeat their letters have less. */
const MIN_ENTROPY = 3;
/**
 * Share of neighbours that are of different classes (lower case, upper case, digit, other). Words joined by signs have
 * 0.1 to 0.2; hex has 0.47, base64 0.6. A literal `checkout_mirror` once masked a sixth of a diff.
 */
const MIN_CHANGES = 0.22;

/** True for keys, hashes and made-up passwords; false for words, names, paths and numbers. */
export function looksRandom(text: string): boolean {
  if (text.length < MIN_LENGTH) return false;
  const digits = text.match(/[0-9]/g)?.length ?? 0;
  return digits >= MIN_DIGITS && entropy(text) >= MIN_ENTROPY && changes(text) >= MIN_CHANGES;
}

/** Shannon entropy in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  let length = 0;
  for (const char of text) {
    counts.set(char, (counts.get(char) ?? 0) + 1);
    length++;
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

function changes(text: string): number {
  let count = 0;
  for (let i = 1; i < text.length; i++) if (classOf(text[i]!) !== classOf(text[i - 1]!)) count++;
  return count / (text.length - 1);
}

function classOf(char: string): number {
  if (char >= 'a' && char <= 'z') return 0;
  if (char >= 'A' && char <= 'Z') return 1;
  return char >= '0' && char <= '9' ? 2 : 3;
}
