import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from './process.ts';

export interface TcpProxy {
  port: number;
  /** Breaks all connections, and takes no more. */
  close: () => Promise<void>;
  /** Takes connections again, on the same port. */
  open: () => Promise<void>;
  /** Leaves connections as they are, and lets nothing through them any more, as a cable does that is cut. */
  mute: () => void;
}

/** Stands before a TCP server, until the test is over. */
export async function startProxy(to: { host: string; port: number }): Promise<TcpProxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to.port, to.host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const open = () => new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open();
  onTestFinished(close);
  return {
    port,
    open,
    close,
    mute: () => {
      for (const socket of sockets) {
        socket.unpipe();
        // Read, so that nobody is told to wait; and forgotten.
        socket.resume();
      }
    },
  };
}
