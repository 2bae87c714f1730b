/**
 * Makes the pictures of the documents from real runs: `node docs/pictures/make.js [NAME…]`, after `npm run build`. Each
 * scene is a session in tmux with real ssh clients; what a pane shows (`capture-pane -e`) becomes an SVG of text, a few
 * kilobytes each. Needs tmux, ssh, vim and a checkout. What looks like a secret is made up.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { svgOf } from './svg.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = join(root, 'bin/lectern.js');
const COLS = 84;
/** Of the presenter's terminal, where there is little to see and where there is more. */
const FEW_ROWS = 10;
const ROWS = 24;
/** How long a scene may take to come to what it shows, in ms. */
const PATIENCE_MS = 10_000;

/** A presenter and observers, each in a terminal of their own. */
class Scene {
  constructor(rows) {
    this.rows = rows;
    this.home = mkdtempSync(join(tmpdir(), 'lectern-pictures-'));
    execFileSync('mkdir', ['-m', '700', join(this.home, 'run'), join(this.home, 'demo')]);
    const kept = { PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
    this.env = { ...kept, HOME: this.home, SHELL: '/bin/bash', XDG_RUNTIME_DIR: join(this.home, 'run') };
    const token = `ghp_${'0aB1cD2eF3'.repeat(4).slice(0, 36)}`;
    writeFileSync(
      join(this.home, 'demo/.env'),
      `export GITHUB_TOKEN=${token}\nexport DATABASE=postgres://localhost/demo\n`,
    );
    writeFileSync(join(this.home, 'rc'), `PS1='\\[\\e[32m\\]demo\\[\\e[m\\] $ '; cd ${this.home}/demo; clear\n`);
  }

  tmux(...args) {
    const all = ['-S', join(this.home, 'tmux'), '-f', '/dev/null', ...args];
    return execFileSync('tmux', all, { env: this.env, encoding: 'utf8' });
  }

  open(pane, command, rows = this.rows) {
    const size = ['-x', String(COLS), '-y', String(rows)];
    this.tmux('new-session', '-d', '-s', pane, ...size, command);
    if (pane === 'presenter') this.tmux('set', '-g', 'default-terminal', 'xterm-256color');
  }

  keys(pane, ...keys) {
    this.tmux('send-keys', '-t', pane, ...keys);
  }

  type(pane, text) {
    this.tmux('send-keys', '-t', pane, '-l', text);
  }

  async shows(pane, pattern) {
    const end = Date.now() + PATIENCE_MS;
    while (!pattern.test(this.tmux('capture-pane', '-p', '-t', pane))) {
      if (Date.now() > end)
        throw new Error(`${pane} never shows ${pattern}:\n${this.tmux('capture-pane', '-p', '-t', pane)}`);
      await sleep(50);
    }
  }

  lectern(...words) {
    return execFileSync(process.execPath, [bin, ...words], {
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  /** A session named demo, in a shell. */
  async present(...flags) {
    const shell = `bash --rcfile '${this.home}/rc' --noprofile -i`;
    this.open(
      'presenter',
      `'${process.execPath}' '${bin}' --listen 127.0.0.1:0 --name demo ${flags.join(' ')} -- ${shell}`,
    );
    await this.shows('presenter', /demo \$/);
    this.info = JSON.parse(this.lectern('session', 'info', '--json'));
  }

  /** Somebody watches; `until` is what he sees then. */
  async watch(name, until = /LIVE/) {
    const quiet = '-F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR';
    const { port, token } = this.info;
    this.open(name, `ssh ${quiet} -o SetEnv=LECTERN_NAME=${name} -p ${port} ${token}@127.0.0.1`, this.rows + 1);
    await this.shows(name, until);
  }

  async picture(pane, file, title) {
    await sleep(400);
    const [x, y, seen] = this.tmux('display-message', '-p', '-t', pane, '#{cursor_x} #{cursor_y} #{cursor_flag}').split(
      ' ',
    );
    const cursor = Number(seen) === 1 ? { x: Number(x), y: Number(y) } : null;
    const svg = svgOf(this.tmux('capture-pane', '-peN', '-t', pane), COLS, cursor, title);
    writeFileSync(join(root, 'docs/pictures', `${file}.svg`), svg);
    console.log(`${file}.svg ${svg.length} bytes`);
  }

  async close() {
    try {
      this.lectern('session', 'stop');
    } catch {
      // It has ended already.
    }
    this.tmux('kill-server');
    // The last files of those who end follow.
    await sleep(1000);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

const LEASE = `vim -N -u NONE -i NONE -n -c 'syntax on' -c 'set number background=dark' '${root}src/core/lease.ts'`;

async function crowd(scene) {
  await scene.present();
  scene.type('presenter', `${LEASE}\n`);
  await scene.shows('presenter', /LeaseClaims/);
  for (const name of ['ana', 'bo', 'chen']) await scene.watch(name);
  scene.lectern('mute', 'chen');
  scene.keys('ana', 'r');
  await scene.shows('ana', /asked for control/);
}

/** What each picture shows. */
const SCENES = {
  async panel(scene) {
    await crowd(scene);
    scene.keys('presenter', 'C-\\');
    await scene.shows('presenter', /asks 00:0\d +\d+ ms/);
    await scene.picture('presenter', 'panel', 'The panel over vim: who watches, who asks for control, and the keys');
  },
  async help(scene) {
    await crowd(scene);
    scene.keys('presenter', 'C-\\', '?');
    await scene.shows('presenter', /take control back at once/);
    await scene.picture('presenter', 'help', 'The presenter\u2019s keys, over vim');
  },
  async lobby(scene) {
    await scene.present('--approve', 'each');
    await scene.watch('ana', /ana/);
    await sleep(3000);
    await scene.picture('ana', 'lobby', 'The lobby, as ana sees it: she waits to be let in, and nothing is shown yet');
  },
  async vote(scene) {
    await scene.present('--consensus', 'all');
    scene.type('presenter', 'cat .env\n');
    for (const name of ['ana', 'bo', 'chen']) await scene.watch(name);
    execFile(process.execPath, [bin, 'propose', '--', 'make', 'deploy'], { env: scene.env }, () => {});
    await scene.shows('ana', /make deploy/);
    scene.keys('bo', 'y');
    await scene.shows('ana', /1 (?:of|yes)|yes/);
    await scene.picture('ana', 'vote', 'A vote, as ana sees it: what is asked, how it stands, how much time is left');
  },
  async control(scene) {
    await scene.present();
    for (const name of ['ana', 'bo']) await scene.watch(name);
    scene.keys('ana', 'r');
    await scene.shows('ana', /asked for control/);
    scene.keys('presenter', 'C-\\', 'g');
    await scene.shows('ana', /CONTROL/);
    scene.type('ana', 'cat .env\n');
    await scene.shows('ana', /DATABASE/);
    scene.type('ana', 'echo typed by ana, masked for all');
    await scene.picture('ana', 'control', 'ana has control for a minute; what is secret stays masked for her too');
  },
  async pointer(scene) {
    await scene.present();
    scene.type('presenter', `${LEASE}\n`);
    for (const name of ['ana', 'bo']) await scene.watch(name);
    await scene.shows('bo', /LeaseClaims/);
    scene.keys('ana', 'v', ...Array(13).fill('j'), ...Array(15).fill('l'));
    await scene.shows('bo', /ana/);
    scene.keys('ana', 'l');
    await scene.picture('bo', 'pointer', 'ana points at a cell; this is what bo sees');
  },
};

const SHORT = new Set(['lobby', 'vote', 'control']);

const wanted = process.argv.slice(2);
for (const [name, play] of Object.entries(SCENES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const scene = new Scene(SHORT.has(name) ? FEW_ROWS : ROWS);
  try {
    await play(scene);
  } finally {
    await scene.close();
  }
}
