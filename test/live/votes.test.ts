/** Consensus, live: who is asked, how it is shown, and what is done when all agree. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type KeyScene, keyScene, logged, processIn, watchAs } from '../support/acts.js';
import { type Pane, sleep, until } from '../support/house.js';

interface Scene extends KeyScene {
  readonly panes: readonly Pane[];
}

async function voting(t: TestContext, names: readonly string[], settings = ''): Promise<Scene> {
  const scene = await keyScene(t, { flags: ['--consensus', 'all'], settings });
  const panes: Pane[] = [];
  for (const name of names) panes.push(await watchAs(scene.tmux, scene.ready, name));
  return { ...scene, panes };
}

interface VoteEvent {
  readonly type: string;
  readonly step: string;
  readonly outcome?: string;
  readonly votes?: object;
  readonly voters?: readonly string[];
  readonly ballot?: string;
  readonly participant?: { readonly name: string };
}

function votes({ house, ready }: Scene, step: string): readonly VoteEvent[] {
  const events = logged(house, ready) as unknown as readonly VoteEvent[];
  return events.filter((event) => event.type === 'vote' && event.step === step);
}

test('of five voters one leaves, one is muted and one joins late; the rest agree and the command is run', async (t) => {
  const all = await voting(t, ['ana', 'bo', 'chen', 'dora', 'emil']);
  const { house } = all;
  const [ana, bo, chen, dora, emil] = all.panes as [Pane, Pane, Pane, Pane, Pane];
  const proposal = house.run(['propose', '--', 'echo', 'two words', '$HOME']);
  await Promise.all(all.panes.map((pane) => pane.shows('VOTE 0/5')));
  await ana.shows(/run: echo 'two words' '\$HOME' · y yes, n no/);
  process.kill(processIn(bo, /^ssh /), 'SIGKILL');
  assert.equal((await house.run(['mute', 'chen'])).code, 0);
  const late = await watchAs(all.tmux, all.ready, 'late', 'VOTE');
  late.keys('n');
  await late.shows('you have no vote in this one');
  chen.keys('y');
  await chen.shows('you have no vote in this one');
  ana.keys('y');
  dora.keys('y');
  await emil.shows('VOTE 2/5');
  assert.equal(all.log.text(), '', 'nothing is run before all have agreed');
  emil.keys('y');
  const { code, stderr } = await proposal;
  assert.deepEqual([code, /all agreed/.test(stderr)], [0, true], stderr);
  await all.log.has("echo 'two words' '$HOME'\r");
  const [end] = votes(all, 'end');
  assert.deepEqual([end?.outcome, end?.votes], ['passed', { yes: 3, no: 0, abstain: 2 }]);
  assert.equal(votes(all, 'open')[0]?.voters?.length, 5);
  assert.deepEqual(
    votes(all, 'cast')
      .map(({ participant, ballot }) => `${participant?.name} ${ballot}`)
      .sort(),
    ['ana yes', 'bo abstain', 'chen abstain', 'dora yes', 'emil yes'],
  );
});

test('one no ends it at once, silence is a no in the end, and nothing reaches the program', async (t) => {
  const all = await voting(t, ['ana', 'bo'], '[control]\nvote_time = "6s"\n');
  const { house } = all;
  const [ana, bo] = all.panes as [Pane, Pane];
  const denied = house.run(['propose', '--', 'rm -r .']);
  await bo.shows('VOTE 0/2');
  const second = await house.run(['propose', '--', 'true']);
  assert.deepEqual([second.code, /another vote is open/.test(second.stderr)], [1, true], second.stderr);
  bo.keys('n');
  const asked = Date.now();
  const { code, stderr } = await denied;
  assert.deepEqual([code, /not all agreed/.test(stderr)], [3, true], stderr);
  t.diagnostic(`${Date.now() - asked} ms from the key to the end of the command`);
  const lapsed = house.run(['grant', 'ana', '--for', '10s']);
  await bo.shows(/VOTE 0\/1.*control for ana\? · y yes, n no/);
  assert.doesNotMatch(await ana.shows('VOTE'), /y yes/, 'who is to have control is not asked');
  const { code: late, stderr: why } = await lapsed;
  assert.deepEqual([late, /not all answered in time/.test(why)], [5, true], why);
  assert.deepEqual(
    votes(all, 'end').map(({ outcome }) => outcome),
    ['denied', 'lapsed'],
  );
  assert.equal(all.log.text(), '');
});

test('control is given when all agree; the presenter can close the vote, and a departure decides it', async (t) => {
  const all = await voting(t, ['ana', 'bo', 'chen']);
  const { house } = all;
  const [ana, bo, chen] = all.panes as [Pane, Pane, Pane];
  const closed = house.run(['grant', 'ana', '--for', '60s']);
  await bo.shows('control for ana?');
  all.pane.keys('C-\\', 'x');
  assert.deepEqual([(await closed).code, /the vote was closed/.test((await closed).stderr)], [3, true]);
  await until('the vote to be gone', () => !bo.text().includes('control for ana?'));
  const dropped = house.run(['propose', '--', 'true']);
  await bo.shows('run: true');
  all.pane.keys('C-\\', 'x');
  assert.deepEqual([(await dropped).code, /the vote was closed/.test((await dropped).stderr)], [3, true]);
  await until('that vote to be gone', () => !bo.text().includes('run: true'));
  const granted = house.run(['grant', 'ana', '--for', '60s']);
  await bo.shows('control for ana?');
  bo.keys('y');
  await chen.shows('VOTE 1/2');
  assert.equal(all.log.text(), '');
  chen.keys('q');
  assert.equal((await granted).code, 0, (await granted).stderr);
  await ana.shows('CONTROL');
  ana.type('mine');
  await all.log.has('mine');
});

test('named voters and a quorum decide who is asked; without them nobody is, and it is refused', async (t) => {
  const all = await voting(
    t,
    ['ana', 'chen'],
    '[control]\nvoters = ["ana", "bo"]\nquorum = 2\nvote_for = ["propose"]\n',
  );
  const { house } = all;
  const refused = await house.run(['propose', '--', 'true']);
  assert.deepEqual([refused.code, /only 1 of those who must agree/.test(refused.stderr)], [3, true], refused.stderr);
  const granted = await house.run(['grant', 'chen', '--for', '5s']);
  assert.equal(granted.code, 0, 'control is not voted on here');
  const bo = await watchAs(all.tmux, all.ready, 'bo');
  const proposal = house.run(['propose', '--', 'date']);
  await bo.shows('VOTE 0/2');
  for (const pane of [all.panes[0]!, bo]) pane.keys('y');
  assert.equal((await proposal).code, 0);
  await all.log.has('date\r');
  for (const command of [['a\tb'], ['x'.repeat(401)], []]) {
    assert.equal((await house.run(['propose', '--', ...command])).code, 2, JSON.stringify(command));
  }
});

test('without consensus nothing is voted on', async (t) => {
  const { house, tmux, log, ready } = await keyScene(t);
  const ana = await watchAs(tmux, ready, 'ana');
  const { code, stderr } = await house.run(['propose', '--', 'date']);
  assert.deepEqual([code, /not voted on/.test(stderr)], [3, true], stderr);
  ana.keys('y');
  await ana.shows('there is no vote now');
  await sleep(200);
  assert.equal(log.text(), '');
  await until('no vote in the log', () => !logged(house, ready).some(({ type }) => type === 'vote'));
});
