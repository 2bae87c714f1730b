/** Whether the presenter's terminal has an alternate screen, which keeps the normal one while something else is shown. */
import { readlinkSync } from 'node:fs';

/** The virtual consoles of Linux: they have had an alternate screen only since 2025. */
const CONSOLE = /^\/dev\/tty\d+$/;

/** False for Linux's own consoles and for GNU screen, which has none as it comes (`altscreen off`). */
export function hasAlternateScreen(env: NodeJS.ProcessEnv = process.env, terminal = nameOfTerminal()): boolean {
  if (env['TMUX']) return true;
  return !CONSOLE.test(terminal) && !env['STY'];
}

function nameOfTerminal(): string {
  try {
    return readlinkSync('/proc/self/fd/0');
  } catch {
    return '';
  }
}
