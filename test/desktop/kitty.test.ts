/** Kitty's keyboard protocol with a real kitty, on a display of its own: what the program in control gets, and what is left. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { KeyLog, logged, peopleOf, present } from '../support/acts.js';
import { House, shellLine, sleep, sshWords, until } from '../support/house.js';

const TOOLS = ['Xvfb', 'kitty', 'xdotool'];
const missing = TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
/** Escape codes that cannot be mistaken, releases, other layouts, and all keys: nothing of the protocol is left out. */
const FLAGS = 15;
const KEYS =
  'a A ctrl+i Escape shift+Return ctrl+shift+a alt+x F1 F5 Up shift+Up ctrl+Left Tab shift+Tab BackSpace ctrl+BackSpace F14';
/** A window has to be drawn by a processor alone, in ms. */
const WINDOW_MS = 30_000;

/** A display without a screen. */
class Display {
  readonly #env: NodeJS.ProcessEnv;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  static async open(house: House): Promise<Display> {
    const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    house.after(() => void server.kill('SIGKILL'));
    let number = '';
    server.stdout.on('data', (chunk) => {
      number += chunk;
    });
    await until('a display', () => number.endsWith('\n'));
    return new Display({ ...house.env, DISPLAY: `:${number.trim()}`, LIBGL_ALWAYS_SOFTWARE: '1' });
  }

  kitty(house: House, command: string): ChildProcess {
    const options = ['--config', 'NONE', '-o', 'enable_audio_bell=no', '-o', 'update_check_interval=0'];
    const child = spawn('kitty', [...options, 'sh', '-c', command], { env: this.#env, stdio: 'ignore' });
    house.after(() => void child.kill('SIGKILL'));
    return child;
  }

  press(...keys: readonly string[]): void {
    execFileSync('xdotool', ['key', '--delay', '30', ...keys], { env: this.#env });
  }
}

/** Waits for something that begins with a window. */
async function drawn(what: string, probe: () => boolean): Promise<void> {
  const end = Date.now() + WINDOW_MS;
  while (!probe()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await sleep(50);
  }
}

test('in kitty, keys in its own protocol are what the program would have had there, and plain again afterwards', {
  skip: missing.length > 0 && `not installed: ${missing.join(', ')}`,
  timeout: 120_000,
}, async (t) => {
  const house = new House(t);
  const display = await Display.open(house);
  const modes = `\x1b[>${FLAGS}u`;
  const own = new KeyLog(house, 'own', modes);
  const window = display.kitty(house, shellLine(own.command));
  await drawn('a program in kitty', () => own.isOn);
  await settled(display, own);
  display.press(...KEYS.split(' '));
  await own.has(LAST);
  window.kill('SIGKILL');

  const log = new KeyLog(house, 'lent', modes);
  const { pane, ready } = await present(house, house.tmux(), [], log.command);
  await pane.shows('KEYLOG');
  const after = new KeyLog(house, 'after');
  display.kitty(house, `${shellLine(sshWords(ready))}; exec ${shellLine(after.command)}`);
  await drawn('kitty in the roster', () => logged(house, ready).some(({ type }) => type === 'join'));
  assert.equal((await house.run(['grant', 'guest', '--for', '90s'])).code, 0);
  await settled(display, log);
  display.press(...KEYS.split(' '));
  await log.has(LAST);
  const text = (one: KeyLog) => JSON.stringify(one.text().slice(one.text().lastIndexOf(READY) + READY.length));
  assert.equal(text(log), text(own));
  assert.ok(text(own).length > 300, text(own));

  assert.equal((await house.run(['revoke'])).code, 0);
  // It is told to his side at once; a machine under load has its time.
  await sleep(1500);
  // In kitty's protocol this would not be the byte that leaves.
  display.press('ctrl+c');
  await peopleOf(house, 0);
  await drawn('the program after ssh', () => after.isOn);
  await until('plain keys', () => {
    display.press('ctrl+i', 'Escape', 'a');
    return after.text().includes('\t\x1ba');
  });
  assert.doesNotMatch(after.text(), /\[/);
  t.diagnostic(`kitty ${execFileSync('kitty', ['--version'], { encoding: 'utf8' }).split(' ')[1]}: ${text(own)}`);
});

/** The release of F14: the last of {@link KEYS}. */
const LAST = '\x1b[57377;1:3u';
/** A key that is pressed until it has come in kitty's protocol, and its release. */
const READY = '\x1b[57376;1:3u';

async function settled(display: Display, log: KeyLog): Promise<void> {
  await drawn('the first key', () => {
    display.press('F13');
    return log.text().endsWith(READY);
  });
}
