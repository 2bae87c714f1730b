/** The panel drawn while the picture behind it is on its way, at moments that a real session leaves to chance. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Size } from '../../src/core/cells.js';
import { NO_INPUT_MODES } from '../../src/core/session.js';
import { Emulator } from '../../src/presenter/emulator.js';
import { Ground } from '../../src/presenter/ground.js';
import { Overlay } from '../../src/presenter/overlay.js';
import { glyphsFor } from '../../src/presenter/panel/glyphs.js';
import { PanelOnTerminal } from '../../src/presenter/panel/on-terminal.js';
import type { PanelView } from '../../src/presenter/panel/view.js';
import type { Snapshot } from '../../src/presenter/snapshot.js';
import { sleep, until } from '../support/patience.js';

const SIZE: Size = { cols: 80, rows: 24 };
/** The panel is drawn within a turn of the event loop or two. */
const DRAWN_MS = 100;
const VIEW: PanelView = {
  ...{ name: 'demo', startedMs: 0, watching: 0, readOnly: false, control: null, typing: null, suggestion: null },
  ...{ vote: null, pausedMs: null, endsMs: null, waiting: 0, mayChat: true, mayPoint: true, muted: [], masked: 0 },
  ...{
    hidden: false,
    echoOff: false,
    modes: NO_INPUT_MODES,
    maskedRules: {},
    unsearched: 0,
    watch: 'ssh',
    expires: '',
  },
  ...{ size: '80x24', recording: false, lastChat: null, people: [] },
};

/** A panel over a program that printed one line; pictures of it come when they are let go. */
function scene() {
  const program = new Emulator(SIZE);
  const terminal = new Emulator(SIZE);
  program.feed(Buffer.from('what the program shows'));
  const write = (bytes: Uint8Array) => {
    terminal.feed(bytes);
    return true;
  };
  const asked: ((picture: Snapshot) => void)[] = [];
  const overlay = new Overlay({
    write,
    ground: new Ground(),
    snapshot: () => new Promise((resolve) => asked.push(resolve)),
    drained: () => {},
    hasAlternate: true,
  });
  const panel = new PanelOnTerminal({
    ...{ prefix: 'C-\\', overlay, glyphs: glyphsFor({ LANG: 'C.UTF-8' }), size: () => SIZE, view: () => VIEW, write },
    ...{ act: () => Promise.resolve(''), refresh: () => {}, covered: () => {}, fail: () => assert.fail('no panel') },
  });
  const shown = () =>
    terminal
      .capture(null)
      .rows.map(({ words }) => String.fromCodePoint(...glyphs(words)))
      .join('\n');
  const letGo = () => asked.shift()?.(program.snapshot());
  return { panel, shown, asked, letGo };
}

function glyphs(words: Uint32Array): readonly number[] {
  return Array.from({ length: words.length / 4 }, (_, x) => words[x * 4]! & 0x1fffff || 0x20);
}

test('drawn by its clock while the picture for another size is fetched, the panel stands over that picture', async () => {
  const { panel, shown, asked, letGo } = scene();
  panel.open(null);
  await until('the first picture to be asked for', () => asked.length > 0);
  letGo();
  await until('the panel', () => shown().includes('lectern · demo'));
  panel.resized();
  letGo();
  await until('the picture that the program drew for that size to be asked for', () => asked.length > 0);
  panel.redraw();
  await sleep(DRAWN_MS);
  letGo();
  await sleep(DRAWN_MS);
  await until('the picture', () => shown().includes('what the program shows'));
  await until('the panel over it', () => shown().includes('lectern · demo'));
  const closed = panel.close();
  await until('the last picture to be asked for', () => letGo() ?? shown().startsWith('what the program shows'));
  while (asked.length > 0) letGo();
  await closed;
  assert.ok(!shown().includes('lectern'));
});
