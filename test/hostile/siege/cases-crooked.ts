/** Things that are almost in order, by a stranger who has read how it works: begun and not ended, too large, too often. */
import { randomBytes } from 'node:crypto';
import { compose } from '../../../src/observers/ssh/wire.js';
import { closed } from '../../support/raw-client.js';
import { IDENT, kexInit, packet, share } from './packets.js';
import { type Case, sleep, until } from './siege.js';

export const crookedCases: readonly Case[] = [
  {
    name: 'an offer that comes byte by byte, until the time is over',
    waits: true,
    async run(siege) {
      const socket = await siege.tcp();
      socket.write(IDENT);
      const bytes = packet(kexInit());
      let at = 0;
      const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), 20);
      await closed(socket);
      clearInterval(timer);
    },
  },
  {
    name: 'the beginning of a packet, and not its end, by one who is in',
    waits: true,
    async run(siege) {
      const client = await siege.login();
      const write = client.socket.write.bind(client.socket) as (bytes: Uint8Array) => boolean;
      Object.assign(client.socket, { write: (bytes: Uint8Array) => write(bytes.subarray(0, bytes.length - 5)) });
      client.send(90, 'session', 7, 1 << 20, 32_768);
      await client.ended();
    },
  },
  {
    name: 'three hundred who say who they are and read nothing, of sixty addresses',
    async run(siege) {
      const sources = Array.from({ length: 60 }, () => siege.source());
      const sockets = await Promise.all(Array.from({ length: 300 }, (_, i) => siege.tcp(sources[i % 60])));
      for (const socket of sockets) {
        socket.pause();
        socket.write(Buffer.concat([Buffer.from(IDENT), packet(kexInit()), packet(share(randomBytes(32)))]));
      }
      // So many addresses are told from honest ones by nothing: who is turned away at random comes again.
      let tries = 0;
      const joins = () => {
        tries++;
        return siege.joins().then(
          () => true,
          () => false,
        );
      };
      await until('an honest client joins', joins);
      for (const socket of sockets) socket.destroy();
      return `an honest client joined at the ${tries}. try meanwhile`;
    },
  },
  {
    name: 'offers with as many names as fit, of forty addresses',
    async run(siege) {
      const names = Array.from({ length: 8000 }, (_, i) => i.toString(36)).join(',');
      const offer = packet(kexInit({ kex: `${names},curve25519-sha256` }));
      const each = async (from: string) => {
        const socket = await siege.tcp(from);
        socket.write(Buffer.concat([Buffer.from(IDENT), offer]));
        await sleep(300);
        socket.destroy();
      };
      await Promise.all(Array.from({ length: 120 }, (_, i) => each(`127.3.0.${1 + (i % 40)}`)));
    },
  },
  {
    name: 'a terminal request cut off after every byte',
    async run(siege) {
      const whole = compose(98, 0, 'pty-req', true, 'xterm', 80, 24, 0, 0, '');
      const from = siege.source();
      for (let length = 1; length < whole.length; length += 2) {
        const client = await siege.login({ from });
        await client.session();
        client.sendRaw(whole.subarray(0, length));
        client.send(98, 0, 'shell', true);
        // What is not read has no bearing on the size: only its cut off numbers end the connection.
        await Promise.race([client.gone, client.expect(99).catch(() => {})]);
        client.reset();
        await client.ended();
      }
    },
  },
  {
    name: 'variables with names and values of 30,000 characters, and such that are no text',
    async run(siege) {
      const client = await siege.login();
      await client.session();
      client.send(98, 0, 'env', true, 'x'.repeat(30_000), 'y');
      client.send(98, 0, 'env', true, 'LECTERN_NAME', 'y'.repeat(30_000));
      client.send(98, 0, 'env', true, 'LECTERN_NAME', Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]));
      client.send(98, 0, 'env', true, '__proto__', 'y');
      client.send(98, 0, 'pty-req', false, 'xterm', 80, 24, 0, 0, '');
      client.send(98, 0, 'shell', true);
      await client.expect(94);
      client.reset();
      await client.ended();
    },
  },
  {
    name: 'signals and breaks without end',
    async run(siege) {
      const client = await siege.shell();
      for (let i = 0; i < 200; i++) client.send(98, 0, i % 2 === 0 ? 'signal' : 'break', false, 'KILL', 0);
      await client.ended();
    },
  },
  {
    name: 'two hundred who ask for the roster by a verb, of one address',
    async run(siege) {
      const from = siege.source();
      const each = async () => {
        const client = await siege.login({ from });
        await client.session();
        client.send(98, 0, 'exec', true, 'who');
        await client.expect(94);
        await client.ended();
      };
      for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 20 }, each));
    },
  },
  {
    name: 'debugging and unimplemented messages of 30,000 characters, by one who watches',
    async run(siege) {
      const client = await siege.shell();
      for (let i = 0; i < 8; i++) {
        client.send(4, true, '\u001b]52;c;x\u0007'.repeat(2000), '');
        client.send(3, i);
      }
      client.send(80, 'still there', true);
      await client.expect(82);
      client.reset();
      await client.ended();
    },
  },
];
