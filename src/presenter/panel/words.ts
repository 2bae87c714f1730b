/** How the panel writes times and amounts. */

/** `00:42`, or `1:00:42` from an hour on. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** Time that is left until `until`, an ISO time or milliseconds since 1970; the last second counts. */
export function left(until: string | number, nowMs: number): string {
  return clock((typeof until === 'number' ? until : Date.parse(until)) - nowMs + 999);
}

export function since(from: string | number, nowMs: number): string {
  return clock(nowMs - (typeof from === 'number' ? from : Date.parse(from)));
}

/** `0.4 kB/s`: bytes a second, with one decimal below ten. */
export function rate(bytes: number): string {
  const kilo = bytes / 1000;
  return `${kilo < 10 ? kilo.toFixed(1) : kilo.toFixed(0)} kB/s`;
}
