/**
 * What the presenter is told by programs other than his terminal: the message lines of tmux and GNU screen,
 * notifications of the desktop; and tmux's own clipboard. Nobody waits for them, and nothing depends on whether they are
 * there.
 */
import { execFile } from 'node:child_process';

/** A program that does not come back is ended, in ms. */
const PATIENCE_MS = 2000;
/** Longest text, in characters: tmux shows one line. */
const MAX_TEXT = 200;

/** Shows `text` in the status line of the tmux that this terminal is a pane of. */
export function tellTmux(text: string, env: NodeJS.ProcessEnv): void {
  const pane = env['TMUX_PANE'];
  if (!env['TMUX'] || pane === undefined) return;
  // tmux would run `#(command)` and expand `#{format}` and `%H` in what it shows: observers choose their names.
  const harmless = text.replace(/[#%]/g, '').slice(0, MAX_TEXT);
  start('tmux', ['display-message', '-t', pane, '--', harmless], env);
}

/** Shows `text` in the message line of the GNU screen that this terminal is a window of. */
export function tellScreen(text: string, env: NodeJS.ProcessEnv): void {
  const session = env['STY'];
  if (!session) return;
  // screen expands `$NAME`, `^x` and `\` in what it is told, and takes the rest for Latin-1.
  const harmless = text.replace(/[$^\\]/g, '').replace(/[^ -~]/gu, '?');
  start('screen', ['-S', session, '-X', 'echo', harmless.slice(0, MAX_TEXT)], env);
}

/**
 * A notification of the desktop (freedesktop.org, by libnotify's program). It is all summary, which is plain text: a
 * body may be taken for markup, with links and images.
 */
export function tellDesktop(text: string, env: NodeJS.ProcessEnv): void {
  start('notify-send', ['--app-name=lectern', '--', text.slice(0, MAX_TEXT)], env);
}

/** tmux does not let programs in its panes write the clipboard by themselves, as it comes: it is handed the text. */
export function copyToTmux(text: string, env: NodeJS.ProcessEnv): void {
  if (!env['TMUX']) return;
  // By its standard input: arguments are seen by everybody on the machine.
  start('tmux', ['load-buffer', '-w', '-'], env).stdin?.end(text);
}

function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = execFile(file, [...args], { env, timeout: PATIENCE_MS }, () => {});
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  child.unref();
  return child;
}
