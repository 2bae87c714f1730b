/** A wire between client and edge that does things to what goes over it. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of a piece on its way to the edge: the pieces that go on instead of it. */
export type Meddle = (chunk: Buffer) => readonly Buffer[];

export class Meddler {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** May be replaced at any time. */
  toEdge: Meddle = (chunk) => [chunk];
  toClient: Meddle = (chunk) => [chunk];
  /** The last connection's way to the edge. */
  up: Socket | null = null;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(port: number, from: string): Promise<Meddler> {
    const server = createServer({ noDelay: true });
    const proxy = new Meddler(server);
    server.on('connection', (down) =>
      proxy.#join(down, connect({ port, localAddress: from, host: '127.0.0.1', noDelay: true })),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(down: Socket, up: Socket): void {
    this.up = up;
    const pass = (from: Socket, to: Socket, meddle: (chunk: Buffer) => readonly Buffer[]): void => {
      this.#sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        for (const piece of meddle(chunk)) to.write(piece);
      });
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    };
    pass(down, up, (chunk) => this.toEdge(chunk));
    pass(up, down, (chunk) => this.toClient(chunk));
  }
}
