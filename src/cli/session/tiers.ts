/** How V8 compiles the code of a session: code of which one run is waited for. Knows nothing of what that code does. */
import { setFlagsFromString } from 'node:v8';

/**
 * A typed key runs a few hundred functions once, with a processor that slept before: V8's interpreter is slowest there,
 * and its optimizing compiler is for what runs thousands of times. So functions are compiled as they are, without
 * optimizing, when they run first; and what a typist does not use for some minutes is not thrown away.
 */
const FLAGS = ['--always-sparkplug', '--no-flush-bytecode'];

/** For this process and all its threads, from now on: what was compiled before stays as it is. */
export function compileForEchoes(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
