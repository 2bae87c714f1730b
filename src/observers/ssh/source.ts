/** What counts as one source of connections. */

/**
 * An IPv4 address, or the /64 of an IPv6 address, which is what one customer gets.
 * @param addr as the kernel told it; what is no address is a source of its own
 */
export function sourceOf(addr: string): string {
  // Only IPv6 has colons. Node.js's isIPv6 compiles a large expression when it is first asked: 5 ms of the first join.
  if (!addr.includes(':')) return addr;
  const [head = '', tail = ''] = addr.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = addr.includes('::') ? new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
