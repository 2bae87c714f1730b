/**
 * Practice: the code that shows a typed key is run some thousand times on a made-up screen while nothing else is to
 * be done, so that the first keys of a session are as quick as later ones. V8 compiles well what has run often; a
 * typist would take minutes to get there. Measured at 30 keys a second: 426 µs from byte to patch without, 263 with.
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

/**
 * @param play is called with one typed key after the other
 * @param over is called when practice has ended
 */
export function rehearse(play: (typed: Uint8Array) => void, over?: () => void): void {
  const [first = 0, second = 0] = ACTS;
  perform(play, first, () => setTimeout(() => perform(play, second, over), INTERVAL_MS).unref());
}

/** The last act once more: something real was shown that the rehearsal did not know. */
export function rehearseAgain(play: (typed: Uint8Array) => void): void {
  setTimeout(() => perform(play, ACTS.at(-1)!), INTERVAL_MS).unref();
}

function perform(play: (typed: Uint8Array) => void, steps: number, over?: () => void): void {
  let step = 0;
  const slice = (): void => {
    const end = performance.now() + SLICE_MS;
    while (step < steps && performance.now() < end) play(TYPED[step++ % TYPED.length]!);
    if (step < steps) setTimeout(slice, REST_MS).unref();
    else over?.();
  };
  setTimeout(slice, REST_MS).unref();
}
