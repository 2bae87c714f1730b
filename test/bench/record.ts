/**
 * Records a program into asciicast v2: runs it in a terminal, types what a script says, and keeps what it prints.
 *
 *   node dist/test/bench/record.js FILE.cast COLSxROWS SCRIPT COMMAND...
 *
 * SCRIPT: pieces parted by blanks, each MS:TEXT, in which \e, \r and \xHH stand for their characters and \s for a blank:
 * waits so long, then types. The recording ends when the program does, or with the last piece.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIGTERM, sleep, Terminals } from './terminals.js';

const NS_PER_S = 1e9;

const [path, size, script, ...command] = process.argv.slice(2);
const [cols, rows] = size!.split('x').map(Number) as [number, number];
const folder = mkdtempSync(join(tmpdir(), 'record-'));
const all = new Terminals(folder, { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' });
const terminal = await all.open({ cols, rows }, command);
for (const piece of script!.split(' ')) {
  const [ms, ...text] = piece.split(':');
  await sleep(Number(ms));
  if (text.join(':') !== '') await terminal.type(charactersOf(text.join(':')));
}
const { bytes, readings } = await terminal.printed();
await terminal.kill(SIGTERM);
const decoder = new TextDecoder();
let start = 0;
const lines = readings.map(({ ns, end }) => {
  const text = decoder.decode(bytes.subarray(start, end), { stream: true });
  start = end;
  return JSON.stringify([Number(ns - terminal.startedNs) / NS_PER_S, 'o', text]);
});
writeFileSync(path!, `${[JSON.stringify({ version: 2, width: cols, height: rows }), ...lines].join('\n')}\n`);
all.close();
rmSync(folder, { recursive: true });

function charactersOf(text: string): string {
  const named: Readonly<Record<string, string>> = { e: '\x1b', r: '\r', s: ' ' };
  return text.replaceAll(/\\(?:x([0-9a-f]{2})|([ers]))/g, (_, hex: string | undefined, name: string) =>
    hex === undefined ? named[name]! : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
