/** What tests of watching share: stock clients, and the comparison of what they show with what the presenter sees. */
import { type Pane, type Ready, sshWords } from './house.js';
import { untilSame } from './patience.js';
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
  for (const observer of observers) {
    await untilSame(`${what}: ${observer.name} sees`, () => {
      const expected = presenter.picture(rows);
      const seen = observer.picture(rows);
      return difference(expected, cursor ? seen : { ...seen, cursor: expected.cursor });
    });
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
