/**
 * The house rules, as a function over sources: which folder may know which, where the doors are, what an export of the
 * package may load. Folders are trust zones; The walls are drawn in src/README.md.
 */
import { type Arrow, type Reading, read, type Sources } from './sources.js';

type Readings = ReadonlyMap<string, Reading>;

/** Most lines of a file. */
const MAX_LINES = 400;
const WINGS: readonly string[] = ['presenter', 'observers', 'relay', 'access', 'ops'];

/** Packages that only some may load. All others are free to all but core. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'node-pty': /^src\/presenter\//,
  '@xterm/headless': /^src\/presenter\//,
  blessed: /^src\/presenter\//,
  ssh2: /^src\/(observers\/ssh|access)\//,
  re2js: /^src\/core\/redact\//,
};

/** What may be written in certain files only, and how often. */
const CALL_SITES: readonly { readonly what: RegExp; readonly name: string; readonly at: Record<string, number> }[] = [
  { what: /\bPatch\.decode\b/g, name: 'Patch.decode', at: { 'src/cli/session/frames-socket.ts': 1 } },
  { what: /\bnew (?:Frame|Patch)\b/g, name: 'new Frame or new Patch', at: { 'src/core/frame.ts': 7 } },
  { what: /\bas\s+(?:typeof\s+)?(?:Frame|Patch)\b/g, name: 'a cast to Frame or Patch', at: {} },
  { what: /\bFrame\.of\b/g, name: 'Frame.of', at: { 'src/cli/session/gate.ts': 1 } },
  { what: /\bRedactor\.NONE\b/g, name: 'Redactor.NONE', at: {} },
  {
    // The gate; its outlet, a line that the presenter or a vote said yes to, the presenter's console, the end of a paste
    // whose author lost control, and the emulator's answers without a terminal; the PTY itself, which also erases a line
    // that was being typed.
    what: /(?:\.|\?\.)type\(/g,
    name: '.type(',
    at: { 'src/core/control.ts': 1, 'src/cli/session/host.ts': 5, 'src/presenter/pty.ts': 2 },
  },
];

/** What each export of the package may not load, in the end. Those that are not named may load anything. */
const EXPORTS: Readonly<Record<string, RegExp>> = {
  './core': /^(?!re2js$)(?!src\/core\/)/,
  './ssh': /^(node-pty|blessed|@xterm\/headless)$|^src\/(presenter|cli)\//,
  './recording': /^(node-pty|blessed|@xterm\/headless|ssh2)$|^src\/(presenter|cli)\//,
};

/**
 * Everything in `sources` that breaks a rule, one line each.
 * @param entries the package's exports: from their name to the source that they begin with.
 */
export function faultsOf(sources: Sources, entries: Readonly<Record<string, string>>): readonly string[] {
  const readings: Readings = new Map(Object.entries(sources).map(([file, source]) => [file, read(file, source)]));
  return [
    ...[...readings].flatMap(([file, reading]) => [
      ...reading.unread.map((line) => `${file}: an import that cannot be read: ${line}`),
      ...reading.arrows.flatMap((arrow) => arrowFaults(file, arrow, sources)),
      ...shapeFaults(file, reading.code),
      ...siteFaults(file, reading.code),
    ]),
    ...cycles(readings),
    ...Object.entries(entries).flatMap(([name, entry]) => exportFaults(name, entry, readings)),
  ];
}

function zoneOf(file: string): string {
  return /^src\/([a-z]+)\//.exec(file)?.[1] ?? (file.startsWith('src/') ? 'roof' : 'outside');
}

/** The roof joins everything; wings and core know core and themselves. */
function mayKnow(from: string, to: string): boolean {
  if (from === 'cli' || from === 'roof') return to !== 'outside';
  return to === from || (to === 'core' && WINGS.includes(from));
}

function arrowFaults(file: string, { to }: Arrow, sources: Sources): readonly string[] {
  if (/^\.|\//.test(to.replace(/^@[^/]+\//, ''))) {
    if (to.startsWith('node:')) return coreFaults(file, to);
    if (sources[to] === undefined) return [`${file}: leads to ${to}, which is not there`];
    return mayKnow(zoneOf(file), zoneOf(to)) ? [] : [`${file}: may not import ${to}`];
  }
  return coreFaults(file, to);
}

function coreFaults(file: string, outside: string): readonly string[] {
  const allowed = PACKAGES[outside] ?? /^(?!src\/core\/)/;
  return allowed.test(file) ? [] : [`${file}: may not import ${outside}`];
}

function shapeFaults(file: string, code: string): readonly string[] {
  const lines = code.split('\n').length - 1;
  return [
    ...(lines > MAX_LINES ? [`${file}: has ${lines} lines, more than ${MAX_LINES}`] : []),
    ...(/\bexport\s+default\b|\bas\s+default\b/.test(code) ? [`${file}: has a default export`] : []),
    ...(/\bexport\s*(?:type\s*)?\*/.test(code) ? [`${file}: exports * instead of names`] : []),
    ...(/^(?:cli|observers)$/.test(zoneOf(file)) && /\bas\s+unknown\s+as\b/.test(code)
      ? [`${file}: forces a type where frames leave`]
      : []),
    ...(zoneOf(file) === 'observers' && /\bScreen\b/.test(code) ? [`${file}: names Screen, which is secret`] : []),
  ];
}

function siteFaults(file: string, code: string): readonly string[] {
  return CALL_SITES.flatMap(({ what, name, at }) => {
    const count = [...code.matchAll(what)].length;
    const most = at[file] ?? 0;
    return count > most ? [`${file}: ${name} stands here ${count} times, and may ${most} times`] : [];
  });
}

/** One line for each cycle that a walk finds. Types count as well: a cycle of types is a knot to the reader. */
function cycles(readings: Readings): readonly string[] {
  const done = new Set<string>();
  const faults: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) faults.push(`a cycle: ${[...path.slice(at), file].join(' -> ')}`);
    if (at >= 0 || done.has(file)) return;
    for (const { to, kind } of readings.get(file)?.arrows ?? []) if (kind !== 'entry') walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of readings.keys()) walk(file, []);
  return faults;
}

function exportFaults(name: string, entry: string, readings: Readings): readonly string[] {
  if (!readings.has(entry)) return [`export ${name}: ${entry} is not there`];
  const banned = EXPORTS[name];
  if (banned === undefined) return [];
  return [...loadedBy(entry, readings)].filter((to) => banned.test(to)).map((to) => `export ${name}: loads ${to}`);
}

/** Everything that is loaded when `entry` is: types are not. */
function loadedBy(entry: string, readings: Readings): ReadonlySet<string> {
  const loaded = new Set([entry]);
  for (const file of loaded) {
    for (const { to, kind } of readings.get(file)?.arrows ?? []) if (kind !== 'types') loaded.add(to);
  }
  return loaded;
}
