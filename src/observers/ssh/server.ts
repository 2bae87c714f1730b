/** The door: listens, and lets connections through as {@link Startups} says. Knows nothing of what visitors see. */

import { createPrivateKey, sign } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { LecternError, type Refusal } from '../../core/errors.js';
import type { Admit } from './auth.js';
import { Connection } from './connection.js';
import { type ParsedKey, parseKey, ready } from './internals.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { Penalties } from './penalties.js';
import { assertInternals } from './pins.js';
import { sourceOf } from './source.js';
import { Startups } from './startups.js';
import { Turns } from './turns.js';
import type { Visitor } from './visitor.js';

export interface SshDoor<G = unknown> {
  /** Host null: every address of this machine, IPv6 and IPv4. Port 0 takes a free one. */
  readonly listen: { readonly host: string | null; readonly port: number };
  /** An ed25519 private key in OpenSSH's format. */
  readonly hostKey: string | Buffer;
  /** What differs from {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits>;
  /**
   * Decides on one attempt. Best at once; a promise is for signed tickets only, and while it is pending any further
   * request of that connection ends it. A throw ends that connection.
   */
  readonly admit: Admit<G>;
  /** Authenticated, with a shell or a command. Listeners are to be attached in this very call. */
  readonly arrived: (visitor: Visitor<G>) => void;
  /** Somebody was turned away: for the log. */
  readonly refused: (refusal: { readonly addr: string; readonly reason: Refusal }) => void;
}

export interface SshServer {
  readonly host: string;
  readonly port: number;
  /** Visitors now. */
  readonly visitors: number;
  /** Connections of any kind now, those that wait and those that linger included. */
  readonly connections: number;
  /** Stops listening and resets every connection. Say goodbye to visitors before. */
  close(): Promise<void>;
}

/**
 * Opens the door.
 * @throws {LecternError} KEY_FILE when the host key is not an ed25519 private key, PORT_TAKEN when the port is, FAILED
 * when ssh2 is not the one that is known.
 */
export async function serveSsh<G>(door: SshDoor<G>): Promise<SshServer> {
  const hostKey = readHostKey(door.hostKey);
  assertInternals();
  await ready;
  const hall = new Hall(door, hostKey);
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => hall.take(socket));
  await listen(server, door.listen);
  // Out of file descriptors: the connection was not taken, the door stays open.
  server.on('error', () => {});
  const { address, port } = server.address() as AddressInfo;
  return {
    host: address,
    port,
    get visitors() {
      return hall.visitors;
    },
    get connections() {
      return hall.connections;
    },
    close: () => close(server, hall),
  };
}

/** All that came through the door and is not gone yet. */
class Hall<G> {
  readonly #door: SshDoor<G>;
  readonly #hostKey: ParsedKey;
  readonly #limits: Limits;
  readonly #startups: Startups<Connection<G>>;
  readonly #penalties: Penalties;
  readonly #turns = new Turns();
  readonly #connections = new Set<Connection<G>>();
  /** Those that hold, or held, a place at the door. */
  readonly #entered = new WeakSet<Connection<G>>();

  constructor(door: SshDoor<G>, hostKey: ParsedKey) {
    this.#door = door;
    this.#hostKey = hostKey;
    this.#limits = { ...DEFAULT_LIMITS, ...door.limits };
    this.#startups = new Startups(this.#limits);
    this.#penalties = new Penalties(this.#limits);
  }

  get connections(): number {
    return this.#connections.size;
  }

  get visitors(): number {
    let count = 0;
    for (const connection of this.#connections) if (connection.visiting) count++;
    return count;
  }

  take(socket: Socket): void {
    const addr = plainAddress(socket.remoteAddress);
    const source = sourceOf(addr);
    const connection: Connection<G> = new Connection(socket, addr, {
      hostKey: this.#hostKey,
      limits: this.#limits,
      admit: this.#door.admit,
      arrived: this.#door.arrived,
      refused: (reason) => this.#tell(addr, reason),
      guess: () => this.#penalties.guess(source, performance.now()),
      forgive: () => this.#penalties.forgive(source, performance.now()),
      charge: () => this.#charge(source, connection),
      turn: (work) => this.#turns.take(work),
      settled: () => this.#settled(source, connection),
      gone: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    this.#admitTo(source, connection);
  }

  endAll(): void {
    for (const connection of this.#connections) connection.end('ended');
  }

  #admitTo(source: string, connection: Connection<G>): void {
    const shut = this.#penalties.isShut(source, performance.now());
    const entrance = shut ? 'drop' : this.#startups.arrive(source, connection, Math.random());
    if (entrance === 'enter') this.#enter(connection);
    else if (entrance === 'drop') this.#drop(connection);
  }

  #enter(connection: Connection<G>): void {
    this.#entered.add(connection);
    connection.open();
  }

  #drop(connection: Connection<G>): void {
    connection.end('busy');
    this.#tell(connection.addr, 'busy');
  }

  /** A log that fails must not shut the door. */
  #tell(addr: string, reason: Refusal): void {
    try {
      this.#door.refused({ addr, reason });
    } catch {
      // nothing to be done about it here
    }
  }

  /** Who never got a place at the door did nothing wrong. */
  #charge(source: string, connection: Connection<G>): void {
    if (this.#entered.has(connection)) this.#penalties.charge(source, performance.now());
  }

  #settled(source: string, connection: Connection<G>): void {
    if (!this.#entered.has(connection)) {
      this.#startups.abandon(source, connection);
      return;
    }
    const next = this.#startups.leave(source);
    if (next === undefined) return;
    this.#entered.add(next);
    // What those before it cost is told by now: a line of a hundred is not a hundred key exchanges.
    if (this.#penalties.isShut(source, performance.now())) this.#drop(next);
    else next.open();
  }
}

function readHostKey(text: string | Buffer): ParsedKey {
  const parsed = parseKey(text);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error || key.type !== 'ssh-ed25519' || key.getPrivatePEM() === null) {
    throw new LecternError('KEY_FILE', 'the host key is not an ed25519 private key in OpenSSH format');
  }
  // ssh2 hands the PEM to OpenSSL for each signature, which takes it 1 ms to read.
  const privateKey = createPrivateKey(key.getPrivatePEM()!);
  key.sign = (data) => sign(null, data, privateKey);
  return key;
}

function listen(server: Server, { host, port }: SshDoor['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const taken = error.code === 'EADDRINUSE';
      const what = taken ? 'is taken' : `cannot be listened on (${error.code})`;
      reject(
        new LecternError(
          taken ? 'PORT_TAKEN' : 'FAILED',
          `port ${port}${host === null ? '' : ` of ${host}`} ${what}: choose another with --listen`,
          { cause: error },
        ),
      );
    };
    server.once('error', failed);
    server.listen(host === null ? { port } : { host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function close(server: Server, hall: { endAll(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    hall.endAll();
  });
}

/** An IPv4 address that came in over an IPv6 socket is an IPv4 address. */
function plainAddress(addr: string | undefined): string {
  return (addr ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
}
