/**
 * The ways in which programs write a text: as it is, in URLs, JSON, shell words and base64. Knows nothing of secrets.
 */
import { foldText } from './fold.js';

/** `line` in all forms in which it may stand on a screen, itself first. */
export function formsOf(line: string): readonly string[] {
  return [
    ...new Set([
      line,
      foldText(line).text,
      uriForm(line),
      uriForm(line).replaceAll('%20', '+'),
      JSON.stringify(line).slice(1, -1),
      ...shellForms(line),
      ...base64Forms(line),
    ]),
  ];
}

function uriForm(text: string): string {
  // Half a surrogate pair has no URL form.
  return encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
}

/** Within single quotes (bash and Python), within double quotes, and without any. */
function shellForms(text: string): readonly string[] {
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replace(/["$\\`]/g, '\\$&'),
    text.replace(/[^\w@%+=:,./-]/g, '\\$&'),
  ];
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BYTE_BITS = 8;
const DIGIT_BITS = 6;

/**
 * What of base64 depends on `text` alone, wherever it stands in what was encoded: three groups of four digits are three
 * ways to begin, and the digits at the ends hold bits of the neighbours. (GitHub's runner encodes the same way.)
 */
function base64Forms(text: string): readonly string[] {
  const bytes = utf8(text);
  const shifted = [0, 1, 2].map((shift) => base64Inner(bytes, shift));
  return shifted.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** The base64 digits that hold bits of `bytes` only, when `shift` bytes (0 to 2) stand before them in their group. */
function base64Inner(bytes: readonly number[], shift: number): string {
  const first = Math.ceil((shift * BYTE_BITS) / DIGIT_BITS);
  const end = Math.floor(((shift + bytes.length) * BYTE_BITS) / DIGIT_BITS);
  let form = '';
  for (let digit = first; digit < end; digit++)
    form += ALPHABET[sixBits(bytes, digit * DIGIT_BITS - shift * BYTE_BITS)];
  return form;
}

function sixBits(bytes: readonly number[], at: number): number {
  const index = Math.floor(at / BYTE_BITS);
  const two = (bytes[index]! << BYTE_BITS) | (bytes[index + 1] ?? 0);
  return (two >> (2 * BYTE_BITS - DIGIT_BITS - (at % BYTE_BITS))) & 0x3f;
}

function utf8(text: string): readonly number[] {
  const bytes: number[] = [];
  const uri = uriForm(text);
  for (let i = 0; i < uri.length; i++) {
    if (uri[i] !== '%') bytes.push(uri.charCodeAt(i));
    else {
      bytes.push(Number.parseInt(uri.slice(i + 1, i + 3), 16));
      i += 2;
    }
  }
  return bytes;
}
