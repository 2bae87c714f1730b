/**
 * The terminal firewall as a test sees it: what may stand in the bytes that an observer's terminal gets, spelled out
 * anew. Sequences that make a terminal answer, keep something, or look at something else than the picture are not in it.
 */

const SEQUENCES = [
  // CUP CHA CUF ED EL ECH IL DL ICH DCH DECSTBM
  String.raw`\x1b\[(?:\d{1,5}(?:;\d{1,5})?)?[HGCJKXLM@Pr]`,
  // SGR
  String.raw`\x1b\[[\d;:]{0,200}m`,
  // cursor seen or not, no wrap, a picture at a time, alternate screen
  String.raw`\x1b\[\?(?:25|7|2026|1049)[hl]`,
  // DECSCUSR, title kept and given back, ASCII
  String.raw`\x1b\[[0-6] q`,
  String.raw`\x1b\[2[23];0t`,
  String.raw`\x1b\(B`,
  String.raw`[\r\n\x0f]`,
  // mouse, focus, paste, application keys and modifyOtherKeys: only ever off
  String.raw`\x1b\[\?(?:9|100[02346]|2004|1)l`,
  String.raw`\x1b>`,
  String.raw`\x1b\[>4m`,
];
const TITLE = String.raw`\x1b\]2;(?<title>[^\x00-\x1f\x7f-\x9f]{0,512})(?:\x07|\x1b\\)`;
const TEXT = String.raw`(?<text>[^\x00-\x1f\x7f-\x9f]+)`;
const TOKEN = new RegExp([...SEQUENCES, TITLE, TEXT].join('|'), 'uy');

/** Format and separator characters save the joiner of pictographs, lone surrogates, and letters drawn as blanks. */
const HIDDEN = /\p{Zl}|\p{Zp}|\p{Cs}|[\u115F\u1160\u2800\u3164\uFFA0]|(?!\u200D)\p{Cf}/u;
const LONELY_JOINER =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)\u200D|\u200D(?!\p{Extended_Pictographic})/u;
const STACK = /\p{M}{5}/u;

/** What is not in the vocabulary, with some of what stands around it; null when all is. */
export function foreign(bytes: string): string | null {
  let at = 0;
  while (at < bytes.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(bytes);
    if (match === null) return JSON.stringify(bytes.slice(Math.max(0, at - 20), at + 40));
    const words = match.groups?.['title'] ?? match.groups?.['text'] ?? '';
    const bad = HIDDEN.exec(words) ?? LONELY_JOINER.exec(words) ?? STACK.exec(words);
    if (bad !== null) return `U+${words.codePointAt(bad.index)!.toString(16)} in ${JSON.stringify(words.slice(0, 60))}`;
    at = TOKEN.lastIndex;
  }
  return null;
}
