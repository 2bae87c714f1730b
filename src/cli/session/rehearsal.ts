/**
 * Practice: the code that shows a typed key is run some thousand times on a made-up screen while nothing else is to
 * be done, so that the first keys of a session are as quick as later ones. V8 compiles well what has run often; a
 * typist would take minutes to get there. Measured at 30 keys a second: 426 µs from byte to patch without, 263 with. The
 * screen practises a flood as well, as there may be one only.
 */

/**
 * Runs that are enough for the optimizing compiler, in two acts: what it took for granted in the first is put right when
 * the real thing is shown for the first time, which throws code away (the screen's capture, the search, the frame), and
 * nobody would type so much that it came back.
 */
const ACTS = [1800, 1200];
/** Between the acts, in ms: a shell has drawn its prompt by then. */
const INTERVAL_MS = 1500;
/** A slice of practice, and the rest after it in which real work goes on, in ms. */
const SLICE_MS = 3;
const REST_MS = 10;
/** What a typist types: words, a blank, a line now and then. */
const TYPED = [...'ls -l /var/log ', '\x1b[32m', 'ok', '\x1b[m', ...'git status', '\r\n$ '].map((text) =>
  new TextEncoder().encode(text),
);

/** Bytes of log that are one picture of a flood: more than is parsed without looking for what can be skipped. */
const FLOOD_BYTES = 72 * 1024;
/**
 * Pictures of a flood: the search for what can be skipped is compiled well after a few, what draws them after these. The
 * screen thread and V8's compiler spent 440 ms of processor time on the first 20 MB of a session, and spend 290.
 */
const FLOODS = 40;

/** Who practises. */
export interface Player {
  /** Is called with what a program may print: a typed key, or a piece of a flood. */
  play(printed: Uint8Array): void;
  /** Floods come here as well. */
  readonly floods?: boolean;
  /** Practice has ended. */
  over?(): void;
}

/** Floods come before the keys, so that what they made V8 throw away is there again for those. */
export function rehearse(player: Player): void {
  const [first = 0, second = 0] = ACTS;
  const pause = () => setTimeout(() => perform(player, TYPED, second, () => player.over?.()), INTERVAL_MS).unref();
  const keys = () => perform(player, TYPED, first, pause);
  if (player.floods) perform(player, [log()], FLOODS, keys);
  else keys();
}

/** The last act once more: something real was shown that the rehearsal did not know. */
export function rehearseAgain(player: Player): void {
  setTimeout(() => perform(player, TYPED, ACTS.at(-1)!, () => {}), INTERVAL_MS).unref();
}

function perform(player: Player, pieces: readonly Uint8Array[], steps: number, then: () => void): void {
  let step = 0;
  const slice = (): void => {
    const end = performance.now() + SLICE_MS;
    while (step < steps && performance.now() < end) player.play(pieces[step++ % pieces.length]!);
    if (step < steps) setTimeout(slice, REST_MS).unref();
    else then();
  };
  setTimeout(slice, REST_MS).unref();
}

/** Lines as servers log and compilers print them. */
function log(): Uint8Array {
  let text = '';
  for (let i = 0; text.length < FLOOD_BYTES; i++) {
    const level = i % 3 === 0 ? '\x1b[1;31merror\x1b[0m' : '\x1b[32minfo\x1b[m';
    text += `12:00:00.${i} [\x1b[38;5;${i % 256}mserver\x1b[0m] ${level}: request ${i} done in ${i % 97} ms\r\n`;
  }
  return new TextEncoder().encode(text);
}
