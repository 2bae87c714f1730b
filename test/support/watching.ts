/** What tests of watching share: stock clients, and the comparison of what they show with what the presenter sees. */
import assert from 'node:assert/strict';
import { PATIENCE_MS, type Pane, type Ready, sleep, sshWords } from './house.js';
import { difference } from './picture.js';

/**
 * Waits until each observer shows what the presenter sees.
 * @param rows rows from the top that are compared
 * @param cursor false: the cursors may differ
 */
export async function sameAs(
  presenter: Pane,
  observers: readonly Pane[],
  what: string,
  { rows = 24, cursor = true } = {},
): Promise<void> {
  const end = Date.now() + PATIENCE_MS / 2;
  for (const observer of observers) {
    for (;;) {
      const before = presenter.picture(rows);
      const seen = observer.picture(rows);
      const found = difference(before, cursor ? seen : { ...seen, cursor: before.cursor });
      if (found === '') break;
      if (Date.now() > end) assert.fail(`${what}: ${observer.name} sees\n${found}`);
      await sleep(30);
    }
  }
}

/** Stock clients, as words of a command that watches. */
export const CLIENTS: Readonly<Record<string, (ready: Ready) => string[]>> = {
  ssh: (ready) => sshWords(ready),
  plink: ({ port, token, fingerprint }) => [
    'plink',
    '-P',
    String(port),
    '-batch',
    '-hostkey',
    fingerprint,
    `${token}@127.0.0.1`,
  ],
  dbclient: ({ port, token }) => ['dbclient', '-y', '-y', '-p', String(port), `${token}@127.0.0.1`],
};
