/** Observers at the edge, without a socket: what one of them does or suffers, and what it is to the others and the host. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FromEdge } from '../../src/cli/session/messages.js';
import { Visits } from '../../src/cli/session/visits.js';
import type { Grant } from '../../src/core/admission.js';
import { Frame } from '../../src/core/frame.js';
import { Room } from '../../src/core/room.js';
import { NO_INPUT_MODES, type SessionState } from '../../src/core/session.js';
import type { Desk } from '../../src/observers/ssh/desk.js';
import { type Glass, Observer } from '../../src/observers/ssh/observer.js';
import type { Visitor } from '../../src/observers/ssh/visitor.js';

const nothing = (): void => {};
const CALM: SessionState = {
  ...{ name: 'demo', startedMs: 0, watching: 1, readOnly: false, control: null, typing: null, suggestion: null },
  ...{ vote: null, pausedMs: null, endsMs: null, waiting: 0, mayChat: true, mayPoint: true, muted: [], masked: 0 },
  ...{ echoOff: false, hidden: false, modes: NO_INPUT_MODES },
};
const SIZE = { cols: 20, rows: 5 };

/** A desk at which nothing happens but what the test hears of. */
function deskWith(heard: Partial<Desk>): Desk {
  return {
    ...{ room: new Room(), state: () => CALM, now: () => 0, steady: () => 0, chat: () => [], pointers: () => [] },
    ...{ ask: nothing, withdraw: nothing, giveBack: nothing, press: nothing, name: nothing, suggest: nothing },
    ...{ vote: nothing, say: nothing, point: nothing, who: nothing, lag: nothing },
    ...heard,
  };
}

function glassWith(heard: Partial<Glass>): Glass {
  return {
    ...{ id: '0a', size: SIZE, writable: true },
    ...{ write: nothing, writeAcked: nothing, leave: nothing, dismiss: nothing },
    ...heard,
  };
}

function visitorWith(heard: Partial<Visitor<Grant>>): Visitor<Grant> {
  return {
    ...{ id: '0a', addr: '', client: '', key: null, env: new Map(), term: 'xterm', size: SIZE },
    ...{ hasPty: true, command: null, writable: true, write: nothing, writeAcked: nothing, holdInput: nothing },
    grant: { jti: 'j', role: 'observer', uses: 'many', status: true } as unknown as Grant,
    ...{ stderr: nothing, ack: nothing, onData: nothing, onResize: nothing, onWritable: nothing, onClose: nothing },
    ...{ onHeard: nothing, leave: nothing, dismiss: nothing, kill: nothing },
    ...heard,
  };
}

function visitsWith(tell: (message: FromEdge) => void): Visits {
  return new Visits({ room: new Room(), state: CALM, chat: [], max: 100, lobby: false, tell });
}

test('who comes in has the picture with the first packet, before his side answered anything', () => {
  const room = new Room();
  room.publish(Frame.blank({ cols: 20, rows: 4 }));
  const packets: string[] = [];
  const take = (bytes: Uint8Array): void => void packets.push(Buffer.from(bytes).toString('latin1'));
  new Observer(glassWith({ write: take, writeAcked: take }), deskWith({ room }), true).enter();
  assert.equal(packets.length, 1);
  assert.match(packets[0]!, /\x1b\[\?1049h.*\x1b\[2J.*LIVE/s);
});

test('one whose first picture cannot be sent is put out, and the edge and the others stay', () => {
  const visits = visitsWith(nothing);
  const killed: string[] = [];
  const sent: string[] = [];
  const visitor = (id: string, send: (bytes: Uint8Array) => void): Visitor<Grant> =>
    visitorWith({ id, write: send, writeAcked: send, kill: (reason) => void killed.push(`${id} ${reason}`) });
  const broken = visitor('0a', () => {
    throw new Error('no cipher');
  });
  const whole = visitor('0b', (bytes) => void sent.push(Buffer.from(bytes).toString('latin1')));
  for (const one of [broken, whole]) visits.arrive(one);
  for (const { id } of [broken, whole]) visits.admit(id);
  assert.deepEqual(killed, ['0a protocol']);
  assert.match(sent.join(''), /LIVE/);
});

test('however many want the roster, the host is asked once, and once more for those who came meanwhile', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: number[] = [];
  const visits = visitsWith((message) => {
    if (message.type === 'roster') asked.push(message.ask);
  });
  const got: string[] = [];
  const ids = Array.from({ length: 50 }, (_, i) => String(i));
  for (const id of ids) {
    visits.arrive(visitorWith({ id, command: 'who', leave: (_, bytes) => void got.push(`${id} ${bytes}`) }));
    visits.admit(id);
  }
  assert.deepEqual(asked, [1]);
  visits.roster(1, 'early');
  assert.deepEqual(got, ['0 early']);
  t.mock.timers.tick(1000);
  assert.deepEqual(asked, [1, 2]);
  visits.roster(2, 'later');
  const others = ids.slice(1).map((id) => `${id} later`);
  assert.deepEqual(got.slice(1), others);
  t.mock.timers.tick(1000);
  assert.deepEqual(asked, [1, 2], 'nobody wants it any more');
});

test('a line that is offered over and over is told ten times, and no more at once', () => {
  const control = { id: '0a', name: 'ana', mode: 'suggest', untilMs: 60_000 } as const;
  let offered = 0;
  const suggest = (_id: string, _text: string, ready: boolean): void => {
    if (ready) offered++;
  };
  const observer = new Observer(glassWith({}), deskWith({ state: () => ({ ...CALM, control }), suggest }), true);
  observer.enter();
  observer.stateChanged();
  for (let i = 0; i < 100; i++) observer.read(Buffer.from('\r'));
  observer.gone();
  assert.equal(offered, 10);
});

test('who types on when the keyboard is taken from him commands nothing, until he has rested; who gave it back does', () => {
  let [now, left, control] = [0, 0, null as SessionState['control']];
  const lines: string[] = [];
  const state = (): SessionState => ({ ...CALM, control });
  const suggest = (_id: string, text: string): void => void lines.push(text);
  const observer = new Observer(
    glassWith({ leave: () => void left++ }),
    deskWith({ state, suggest, steady: () => now, now: () => now }),
    true,
  );
  const lend = (mode: 'full' | 'suggest' | null): void => {
    control = mode === null ? null : { id: '0a', name: 'ana', mode, untilMs: 60_000 };
    observer.stateChanged();
  };
  const type = (keys: string, atMs: number): number => {
    now = atMs;
    observer.read(Buffer.from(keys));
    return left;
  };
  observer.enter();
  lend('full');
  type('su', 10_000);
  lend(null);
  for (const at of [10_100, 11_000, 11_900]) assert.equal(type('q', at), 0);
  assert.equal(type('cq\x03', 12_800), 0, 'nothing to say was begun');
  lend('suggest');
  type('li', 20_000);
  lend(null);
  assert.equal(type('q', 20_500), 0);
  lend('full');
  type('pass', 30_000);
  lend('suggest');
  type('word\r', 30_500);
  assert.deepEqual(lines, [], 'the rest of it is no line for everybody');
  type('ls\r', 31_600);
  assert.deepEqual(lines, ['ls']);
  lend(null);
  lend('full');
  type('\x1c.', 41_000);
  lend(null);
  assert.equal(type('q', 41_100), 1);
});

test('after a rest he commands again', () => {
  let [now, left, control] = [
    0,
    0,
    { id: '0a', name: 'ana', mode: 'full', untilMs: 60_000 } as SessionState['control'],
  ];
  const state = (): SessionState => ({ ...CALM, control });
  const leave = (): void => void left++;
  const observer = new Observer(glassWith({ leave }), deskWith({ state, steady: () => now, now: () => now }), true);
  observer.enter();
  observer.stateChanged();
  observer.read(Buffer.from('su'));
  control = null;
  observer.stateChanged();
  now = 1000;
  observer.read(Buffer.from('q'));
  assert.equal(left, 1);
});

test('what somebody could not be heard with is no command when it comes after the end of control', (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const visits = visitsWith(nothing);
  const left: string[] = [];
  const come = (id: string) => {
    let [type, heard]: [(bytes: Uint8Array) => void, (ms: number) => void] = [nothing, nothing];
    const onData = (listen: typeof type): void => {
      type = listen;
    };
    const onHeard = (listen: typeof heard): void => {
      heard = listen;
    };
    visits.arrive(visitorWith({ id, onData, onHeard, leave: () => void left.push(id) }));
    visits.admit(id);
    const lend = (on: boolean): void =>
      visits.setState({ ...CALM, control: on ? { id, name: id, mode: 'full', untilMs: 600_000 } : null });
    return { type: (keys: string) => type(Buffer.from(keys)), heard: (ms: number) => heard(ms), lend };
  };
  const [ana, bo] = [come('0a'), come('0b')];
  ana.lend(true);
  ana.type('su');
  now = 60_000;
  ana.heard(60_000);
  ana.lend(false);
  now = 60_900;
  ana.type('q');
  assert.deepEqual(left, []);
  now = 62_000;
  ana.type('q');
  assert.deepEqual(left, ['0a']);
  bo.lend(true);
  bo.type('su');
  now = 67_000;
  bo.heard(1000);
  bo.lend(false);
  bo.type('q');
  assert.deepEqual(left, ['0a', '0b'], 'he had rested before');
});

test('while keys wait for the program the input of who has the keyboard is held, of nobody else and no longer', () => {
  const visits = visitsWith(nothing);
  const held: string[] = [];
  for (const id of ['0a', '0b'])
    visits.arrive(visitorWith({ id, holdInput: (on) => void held.push(`${id} ${on ? 'held' : 'free'}`) }));
  const lend = (id: string | null, mode: 'full' | 'suggest' = 'full'): void =>
    visits.setState({ ...CALM, control: id === null ? null : { id, name: id, mode, untilMs: 60_000 } });
  visits.hold(true);
  assert.deepEqual(held, []);
  lend('0a');
  lend('0b');
  lend('0b', 'suggest');
  lend('0b');
  lend(null);
  assert.deepEqual(held, ['0a held', '0a free', '0b held', '0b free', '0b held', '0b free']);
  visits.hold(false);
  lend('0a');
  visits.hold(true);
  visits.hold(false);
  assert.deepEqual(held.slice(6), ['0a held', '0a free']);
  lend(null);
});
