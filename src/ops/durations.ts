/** Durations as people write them (`90s`, `1h30m`) and as they read them (`1 h 30 min`). */
import { LecternError } from '../core/errors.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Thirty days: longer lives of links and sessions are more likely a slip than a wish. */
const MAX_MS = 30 * 86_400_000;

/**
 * Reads a duration such as `90s`, `15m`, `2h`, `1h30m`, as milliseconds.
 * @throws {LecternError} USAGE when it is not one, is zero, or is longer than 30 days.
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h|d)/gy)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
  const whole = parts.map((part) => part[0]).join('') === text;
  if (!whole || ms <= 0 || ms > MAX_MS) {
    throw new LecternError(
      'USAGE',
      `"${text.slice(0, 40)}" is not a duration: write it like 90s, 15m, 2h or 1h30m, up to 30d`,
    );
  }
  return ms;
}

/** Writes milliseconds as people read them: `2 h`, `1 h 30 min`, `45 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return said.slice(0, 2).join(' ') || '0 s';
}
