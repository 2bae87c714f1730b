/** The house's walls: who may import whom, where the doors are, what an export loads. The rules bite, and hold here. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultsOf } from './support/architecture.js';
import { read, type Sources } from './support/sources.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function sourcesIn(folder: string): Sources {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
  return Object.fromEntries(files.map((file) => [`${folder}/${file}`, readFileSync(join(ROOT, folder, file), 'utf8')]));
}

/** The package's exports, from their name to the source that they are compiled from. */
function entries(): Readonly<Record<string, string>> {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { default: string }>;
  };
  const built = Object.entries(exports).flatMap(([name, to]) => (typeof to === 'string' ? [] : [[name, to.default]]));
  return Object.fromEntries(built.map(([name, to]) => [name, to!.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts')]));
}

/** A small house in which everything is right. */
const GOOD: Sources = {
  'src/core/cells.ts': 'export interface Screen { readonly rows: number }\n',
  'src/core/frame.ts': "import type { Screen } from './cells.js';\nexport class Frame {}\nconst a = new Frame();\n",
  'src/core/redact/rule.ts': "import { RE2JS } from 're2js';\nexport const rule = RE2JS;\n",
  'src/core/index.ts': "export { Frame } from './frame.js';\n",
  'src/presenter/pty.ts': "import { spawn } from 'node-pty';\nimport '../core/cells.js';\n",
  'src/observers/ssh/index.ts': "import { Frame } from '../../core/frame.js';\nimport ssh from 'ssh2';\n",
  'src/access/links.ts': "import { readFileSync } from 'node:fs';\n",
  'src/cli/host.ts': "import { spawn } from '../presenter/pty.js';\nimport '../observers/ssh/index.js';\n",
};
const GOOD_ENTRIES = { './core': 'src/core/index.ts', './ssh': 'src/observers/ssh/index.ts' };

const BAD: readonly (readonly [what: string, file: string, source: string, fault: RegExp])[] = [
  ['core imports a wing', 'src/core/cells.ts', "import '../access/links.js';", /cells.ts: may not import src\/access/],
  ['core imports a builtin', 'src/core/room.ts', "import 'node:fs';", /room.ts: may not import node:fs/],
  ['core imports a promise of a builtin', 'src/core/room.ts', "import 'node:fs/promises';", /may not import node:fs/],
  ['core imports a package', 'src/core/room.ts', "import { z } from 'zod';", /room.ts: may not import zod/],
  ['core imports re2js outside of redact', 'src/core/room.ts', "import 're2js';", /room.ts: may not import re2js/],
  [
    'an observer imports the presenter',
    'src/observers/recording.ts',
    "import { spawn } from '../presenter/pty.js';",
    /recording.ts: may not import src\/presenter\/pty.ts/,
  ],
  [
    'an observer imports a type of the presenter',
    'src/observers/recording.ts',
    "import type { Pty } from '../presenter/pty.js';",
    /recording.ts: may not import src\/presenter\/pty.ts/,
  ],
  [
    'an observer imports the presenter when it needs it',
    'src/observers/recording.ts',
    "const pty = await import(\n  '../presenter/pty.js'\n);",
    /recording.ts: may not import src\/presenter\/pty.ts/,
  ],
  [
    'an observer requires the presenter',
    'src/observers/recording.ts',
    "const pty = require('../presenter/pty.js');",
    /recording.ts: may not import src\/presenter\/pty.ts/,
  ],
  [
    'an observer names a type of the presenter in passing',
    'src/observers/recording.ts',
    "export type Secret = import('../presenter/pty.js').Pty;",
    /recording.ts: may not import src\/presenter\/pty.ts/,
  ],
  [
    'an observer hands on what the presenter has',
    'src/observers/recording.ts',
    "export {\n  spawn,\n} from '../presenter/pty.js';",
    /recording.ts: may not import src\/presenter\/pty.ts/,
  ],
  [
    'an observer starts a thread of the presenter',
    'src/observers/recording.ts',
    "new Worker(new URL('../presenter/pty.js', import.meta.url));",
    /recording.ts: may not import src\/presenter\/pty.ts/,
  ],
  ['a wing imports another', 'src/ops/log.ts', "import '../access/links.js';", /log.ts: may not import src\/access/],
  ['a wing imports the roof', 'src/ops/log.ts', "import '../cli/host.js';", /log.ts: may not import src\/cli/],
  ['the roof imports tests', 'src/cli/main.ts', "import '../../test/x.js';", /main.ts: leads to test\/x.ts/],
  ['an import leads nowhere', 'src/cli/main.ts', "import './gone.js';", /leads to src\/cli\/gone.ts, which is not/],
  ['an import is computed', 'src/cli/main.ts', 'await import(name);', /main.ts: an import that cannot be read/],
  ['a package is in the wrong wing', 'src/ops/log.ts', "import 'node-pty';", /log.ts: may not import node-pty/],
  ['a file imports itself', 'src/ops/log.ts', "import './log.js';", /a cycle: src\/ops\/log.ts -> src\/ops\/log.ts/],
  ['two files import each other', 'src/core/cells.ts', "import './frame.js';", /a cycle: .*cells.ts.*frame.ts/],
  [
    'a cycle goes over a type',
    'src/core/cells.ts',
    "import type { Frame } from './frame.js';",
    /a cycle: .*cells.ts.*frame.ts/,
  ],
  ['a frame is made elsewhere', 'src/cli/edge.ts', 'const f = new Frame(1);', /edge.ts: new Frame or new Patch/],
  ['a frame is claimed', 'src/cli/edge.ts', 'publish(screen as Frame);', /edge.ts: a cast to Frame or Patch/],
  ['a type is forced', 'src/cli/edge.ts', 'const make = Frame as unknown as Maker;', /edge.ts: forces a type/],
  ['a patch is made elsewhere', 'src/core/patch.ts', 'const p = new Patch(1);', /patch.ts: new Frame or new Patch/],
  ['a patch is decoded elsewhere', 'src/observers/web.ts', 'Patch.decode(bytes);', /web.ts: Patch.decode stands/],
  ['a screen becomes a frame elsewhere', 'src/cli/edge.ts', 'Frame.of(screen, r);', /edge.ts: Frame.of stands/],
  ['the wall is switched off', 'src/cli/edge.ts', 'use(Redactor.NONE);', /edge.ts: Redactor.NONE stands/],
  ['keys go round the gate', 'src/cli/session/people.ts', 'pty?.type(keys);', /people.ts: \.type\( stands here 1/],
  ['an observer sees a screen', 'src/observers/web.ts', 'function show(screen: Screen) {}', /web.ts: names Screen/],
  ['a file is too long', 'src/ops/log.ts', '\n'.repeat(401), /log.ts: has 402 lines/],
  ['an export has no name', 'src/ops/log.ts', 'export default 1;', /log.ts: has a default export/],
  ['an export is called default', 'src/ops/log.ts', 'export { a as default };', /log.ts: has a default export/],
  ['everything is exported', 'src/ops/log.ts', "export * from '../core/cells.js';", /log.ts: exports \*/],
  [
    'lectern/core loads a builtin by a detour',
    'src/core/frame.ts',
    "import 'node:fs';",
    /export \.\/core: loads node:fs/,
  ],
  [
    'lectern/ssh loads the presenter by a detour',
    'src/core/frame.ts',
    "import '../presenter/pty.js';",
    /export \.\/ssh: loads node-pty/,
  ],
];

test('a house in which everything is right has no faults', () => {
  assert.deepEqual(faultsOf(GOOD, GOOD_ENTRIES), []);
});

for (const [what, file, source, fault] of BAD) {
  test(`it is told when ${what}`, () => {
    const faults = faultsOf({ ...GOOD, [file]: `${source}\n` }, GOOD_ENTRIES);
    assert.match(faults.join('\n'), fault);
  });
}

test('it is told when an export has no source', () => {
  assert.deepEqual(faultsOf(GOOD, { './web': 'src/web.ts' }), ['export ./web: src/web.ts is not there']);
});

test('what stands in comments, strings and regular expressions is no import and hides none', () => {
  const source = [
    "// import './a.js';",
    "/* import './b.js' */",
    'const text = "import \'./c.js\'";',
    "const slashes = /https?:\\/\\//; import './d.js';",
    "const quotes = /['\"]/; import './e.js';",
    "const path = 'a//b'; import './f.js';",
    'const page = `// text`; import "./g.js";',
  ].join('\n');
  const { arrows, unread } = read('src/x.ts', source);
  assert.deepEqual(
    arrows.map(({ to }) => to),
    ['src/d.ts', 'src/e.ts', 'src/f.ts', 'src/g.ts'],
  );
  assert.deepEqual(unread, []);
});

test("lectern's own sources obey every rule", () => {
  const sources = sourcesIn('src');
  assert.ok(Object.keys(sources).length > 100, 'the sources were found');
  assert.deepEqual(faultsOf(sources, entries()), []);
});

test('no test is longer than a file may be', () => {
  const long = Object.entries(sourcesIn('test')).filter(([, source]) => source.split('\n').length > 401);
  assert.deepEqual(
    long.map(([file]) => file),
    [],
  );
});

test('the exports load what their sources promise, as node tells it', () => {
  const script = `
    import { createRequire } from 'node:module';
    await import('lectern/core'); await import('lectern/ssh'); await import('lectern/recording');
    console.log(Object.keys(createRequire(import.meta.url).cache).join('\\n'));`;
  // A package may import itself by its name.
  const args = ['--input-type=module', '--eval', script];
  const loaded = execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  assert.match(loaded, /node_modules\/ssh2\//, 'what was loaded is seen');
  assert.doesNotMatch(loaded, /node_modules\/(?:node-pty|blessed|@xterm)\//);
});

test('the map names each file of each folder, and no other', () => {
  const [, ...parts] = readFileSync(join(ROOT, 'src/README.md'), 'utf8').split(/^## (.*)$/m);
  const named: string[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const files = [...parts[i + 1]!.matchAll(/^- `([\w-]+\.ts)`/gm)].map(([, file]) => file!);
    named.push(...files.map((file) => (parts[i] === 'src/' ? `src/${file}` : `src/${parts[i]}${file}`)));
  }
  assert.deepEqual(named.toSorted(), Object.keys(sourcesIn('src')).toSorted());
});
