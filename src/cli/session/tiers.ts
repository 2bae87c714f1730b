/** How V8 compiles the code of a session: code of which one run is waited for. Knows nothing of what that code does. */
import { setFlagsFromString } from 'node:v8';

/**
 * A typed key runs a few hundred functions once, with a processor that slept before: V8's interpreter is slowest there,
 * and its optimizing compiler is for what runs thousands of times. So functions are compiled as they are, without
 * optimizing, when they run first; and what a typist does not use for some minutes is not thrown away.
 */
const FLAGS = ['--always-sparkplug', '--no-flush-bytecode'];

/**
 * Bytes of bytecode that a function runs through before V8 counts it as busy, of which it wants to see three, without
 * anything new, before it optimizes: thirty typed keys instead of the two thousand of its own 67,584. What was thrown
 * away since somebody typed something new is back as soon.
 */
const SOON = '--interrupt-budget=1000';
/** V8's own. */
const AS_USUAL = '--interrupt-budget=67584';

/** For this process and all its threads, from now on: what was compiled before stays as it is. */
export function compileForEchoes(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}

/** What typed keys run is optimized soon, in this process and all its threads. */
export function optimizeForEchoes(): void {
  setFlagsFromString(SOON);
}

/** No longer: what runs once for each observer who comes is not worth it, as it would cost twice what it takes. */
export function optimizeAsUsual(): void {
  setFlagsFromString(AS_USUAL);
}
