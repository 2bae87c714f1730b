/** How an action tells its exit code to whoever runs the command line. */

/** Makes the action of a command: runs it and keeps the exit code that it resolves to. */
export type Acting = <A extends readonly unknown[]>(
  run: (...args: A) => Promise<number>,
) => (...args: A) => Promise<void>;
