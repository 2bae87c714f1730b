/** Before the identification: whatever scanners send, and lines that are almost right. */
import { randomBytes } from 'node:crypto';
import { closed } from '../../support/raw-client.js';
import { type Case, sleep, until } from './siege.js';

/** What must end the connection at once. */
const REFUSED: readonly (readonly [string, ...(string | Uint8Array)[]])[] = [
  ['a web browser', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a web browser that speaks HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS hello', Buffer.concat([Buffer.from('16030100f0010000ec0303', 'hex'), randomBytes(300)])],
  ['a mail server', 'EHLO example.org\r\n'],
  ['a remote desktop', Buffer.from('030000130ee000000000000100080003000000', 'hex')],
  ['a question to redis', '*1\r\n$4\r\nINFO\r\n'],
  ['a SOCKS greeting', Buffer.from('050100', 'hex')],
  ['sixty-four zeros', Buffer.alloc(64)],
  ['a megabyte of noise', Buffer.concat([Buffer.from('x'), randomBytes(1 << 20)])],
  ['a line before the identification', 'hello\r\nSSH-2.0-x\r\n'],
  ['an empty line before the identification', '\r\nSSH-2.0-x\r\n'],
  ['protocol 1.5', 'SSH-1.5-x\r\n'],
  ['protocol 3.0', 'SSH-3.0-x\r\n'],
  ['small letters', 'ssh-2.0-x\r\n'],
  ['no software version', 'SSH-2.0-\r\n'],
  ['a terminal sequence in the identification', 'SSH-2.0-x\u001b]0;evil\u0007\r\n'],
  ['a zero in the identification', 'SSH-2.0-x\u0000y\r\n'],
  ['letters beyond ASCII in the identification', 'SSH-2.0-\u202e\u00e9\r\n'],
  ['a carriage return in the midst of the identification', 'SSH-2.0-x\ry\r\n'],
  ['an identification of 256 bytes', `SSH-2.0-${'x'.repeat(246)}\r\n`],
  ['a megabyte without a line end', `SSH-2.0-${'A'.repeat(1 << 20)}`],
  ['noise after the identification', 'SSH-2.0-x\r\n', randomBytes(1 << 20)],
];

/** Unusual lines that the protocol allows: the other side goes on. */
const TAKEN: readonly (readonly [string, string])[] = [
  ['a bare line feed at the end', 'SSH-2.0-x\n'],
  ['an identification of 255 bytes', `SSH-2.0-${'x'.repeat(245)}\r\n`],
  ['a comment', 'SSH-2.0-x what ever ; $(reboot)\r\n'],
  ['version 1.99', 'SSH-1.99-x\r\n'],
];

export const identCases: readonly Case[] = [
  ...REFUSED.map(([name, ...pieces]) => ({
    name,
    run: (siege: Parameters<Case['run']>[0]) => siege.refuses(...pieces),
  })),
  ...TAKEN.map(([name, line]) => ({
    name: `${name} is taken`,
    async run(siege: Parameters<Case['run']>[0]) {
      const socket = await siege.tcp();
      let got = 0;
      socket.on('data', (chunk: Buffer) => {
        got += chunk.length;
      });
      socket.write(line);
      // Its own identification has 17 bytes: what comes beyond is its offer.
      await until('the key exchange begins', () => got > 100);
      socket.destroy();
    },
  })),
  {
    name: 'an endless line in pieces of a hundred bytes',
    async run(siege) {
      const socket = await siege.tcp();
      for (let i = 0; i < 10 && !socket.destroyed; i++) {
        socket.write('A'.repeat(100));
        await sleep(5);
      }
      await closed(socket);
    },
  },
  {
    name: 'nothing at all, until the time to log in is over',
    waits: true,
    async run(siege) {
      await closed(await siege.tcp());
    },
  },
  {
    name: 'an identification and no more, until the time is over',
    waits: true,
    async run(siege) {
      const socket = await siege.tcp();
      socket.write('SSH-2.0-x\r\n');
      await closed(socket);
    },
  },
  {
    name: 'one byte a second, until the time is over',
    waits: true,
    async run(siege) {
      const socket = await siege.tcp();
      const timer = setInterval(() => socket.write('S'), 1000);
      await closed(socket).finally(() => clearInterval(timer));
    },
  },
  {
    name: 'a reset at once, fifty times',
    async run(siege) {
      const from = siege.source();
      for (let i = 0; i < 50; i++) (await siege.tcp(from)).resetAndDestroy();
    },
  },
  {
    name: 'an end right after the beginning',
    async run(siege) {
      const socket = await siege.tcp();
      socket.end();
      await closed(socket);
    },
  },
];
