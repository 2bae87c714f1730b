/** The terminal of who has control, after it: whatever ends his visit, what was turned on in it is off again. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Frame } from '../../src/core/frame.js';
import { Room } from '../../src/core/room.js';
import { type InputModes, NO_INPUT_MODES, type SessionState } from '../../src/core/session.js';
import type { Desk } from '../../src/observers/ssh/desk.js';
import { type Glass, Observer } from '../../src/observers/ssh/observer.js';
import { type KeyScene, keyScene, processIn } from '../support/acts.js';
import { type Pane, shellLine, sleep, sshWords, until } from '../support/house.js';

const ESC = '\x1b';
const MODES = `${ESC}[?2004h${ESC}[?1h${ESC}=${ESC}[?1003h${ESC}[?1006h${ESC}[?1004h${ESC}[>5u${ESC}[>4;2m${ESC}[?25l`;
/** As tmux knows them; the last two: it is on its normal screen, with a cursor. */
const FLAGS =
  '#{keypad_cursor_flag}#{keypad_flag}#{mouse_all_flag}#{mouse_any_flag}#{mouse_sgr_flag} #{alternate_on}#{cursor_flag}';
const ON = '11111 1';
const OFF = '00000 01';

interface Scene extends KeyScene {
  readonly ana: Pane;
}

/** She has control of a program that has turned everything on; her terminal comes again after each ssh. */
async function inControl(t: TestContext): Promise<Scene> {
  const scene = await keyScene(t, { modes: MODES });
  const { house, tmux, ready } = scene;
  const ssh = shellLine(sshWords(ready));
  const ana = tmux.open('ana', { cols: 80, rows: 25 }, `while :; do ${ssh}; echo "OVER $?"; read again; done`);
  await ana.shows('LIVE');
  await until('the picture, without a cursor', () => ana.tell(FLAGS) === '00000 10');
  assert.equal((await house.run(['grant', 'guest', '--for', '60s'])).code, 0);
  await until('the modes in her terminal', () => ana.tell(FLAGS).startsWith(ON));
  return { ...scene, ana };
}

const ENDS: readonly { readonly name: string; readonly end: (scene: Scene) => unknown }[] = [
  { name: 'lectern kick', end: ({ house }) => house.run(['kick', 'guest']) },
  { name: 'the end of the session', end: ({ house }) => house.run(['session', 'stop']) },
  { name: 'the end of the program', end: ({ pane }) => process.kill(processIn(pane, /keylog\.js/), 'SIGTERM') },
  { name: 'kill -9 of lectern', end: ({ pane }) => process.kill(processIn(pane, /bin.lectern\.js/), 'SIGKILL') },
];

for (const { name, end } of ENDS) {
  test(`after ${name} the terminal of who had control is what it was`, async (t) => {
    const scene = await inControl(t);
    await end(scene);
    await scene.ana.shows('OVER');
    await until('everything off', () => scene.ana.tell(FLAGS) === OFF).catch(() =>
      assert.equal(scene.ana.tell(FLAGS), OFF),
    );
  });
}

test('a connection that breaks leaves what was on; coming again, and leaving, puts it right', async (t) => {
  const { ana, pane } = await inControl(t);
  process.kill(processIn(pane, /session.edge\.js/), 'SIGKILL');
  await ana.shows('OVER 255');
  assert.ok(ana.tell(FLAGS).startsWith(ON), 'nobody was left to undo it');
  // The edge is back in a moment.
  for (let i = 0; i < 20 && !/LIVE/.test(ana.text()); i++) {
    ana.keys('Enter');
    await sleep(500);
  }
  await until('the picture', () => ana.tell(FLAGS) === '00000 10');
  ana.keys('q');
  await ana.shows('OVER 0');
  await until('everything off', () => ana.tell(FLAGS) === OFF).catch(() => assert.equal(ana.tell(FLAGS), OFF));
});

test('modes that were to be undone when his side took nothing more are undone by the last bytes', () => {
  const room = new Room();
  const nothing = (): void => {};
  const asked: InputModes = { ...NO_INPUT_MODES, mouse: 1003, mouseEncoding: 1006, bracketedPaste: true, kitty: 5 };
  const control = { id: 'a', name: 'ana', mode: 'full', untilMs: 60_000 } as const;
  const calm: SessionState = {
    ...{ name: 'demo', startedMs: 0, watching: 1, readOnly: false, control: null, typing: null, suggestion: null },
    ...{ vote: null, pausedMs: null, endsMs: null, waiting: 0, mayChat: true, mayPoint: true, muted: [], masked: 0 },
    ...{ echoOff: false, hidden: false, modes: asked },
  };
  let state: SessionState = { ...calm, control };
  const desk: Desk = {
    ...{ room, state: () => state, now: () => 0, steady: () => 0, chat: () => [], pointers: () => [] },
    ...{ ask: nothing, withdraw: nothing, giveBack: nothing, press: nothing, name: nothing, suggest: nothing },
    ...{ vote: nothing, say: nothing, point: nothing, who: nothing, lag: nothing },
  };
  let [bytes, writable] = ['', true];
  const take = (more: Uint8Array) => {
    bytes += Buffer.from(more).toString('latin1');
  };
  const glass: Glass = {
    id: 'a',
    size: { cols: 20, rows: 5 },
    get writable() {
      return writable;
    },
    write: take,
    writeAcked: (more, done) => {
      take(more);
      done();
    },
    leave: (_, last) => take(last),
    dismiss: (_, last) => take(last),
  };
  const observer = new Observer(glass, desk, true);
  room.publish(Frame.blank({ cols: 20, rows: 4 }));
  observer.enter();
  observer.stateChanged();
  for (const on of ['[?1003h', '[?1006h', '[?2004h', '[>5u']) assert.ok(bytes.includes(ESC + on), on);
  writable = false;
  state = calm;
  observer.stateChanged();
  const before = bytes.length;
  observer.farewell('kicked');
  for (const off of ['[?1003l', '[?1006l', '[?2004l', '[<1u', '[?1049l']) {
    assert.ok(bytes.slice(before).includes(ESC + off), off);
  }
});
