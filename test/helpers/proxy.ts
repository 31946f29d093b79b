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
  /** The same, and for new ones too. */
  cut: () => void;
  /** Lets new connections through only after a while, in milliseconds. */
  delay: (time: number) => void;
  /** The cable is there again: what was on its way is lost, with its connections, and new ones can be had. */
  mend: () => void;
}

/** Stands before a TCP server, until the test is over. */
export async function startProxy(to: { host: string; port: number }): Promise<TcpProxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let isCut = false;
  let wait = 0;
  const server = createServer((near) => {
    if (isCut) {
      sockets.add(near.on('error', () => {}).resume());
      return;
    }
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
    setTimeout(() => near.pipe(far).pipe(near), wait);
  });
  const open = () => new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const mute = () => {
    for (const socket of sockets) {
      socket.unpipe();
      // Read, so that nobody is told to wait; and forgotten.
      socket.resume();
    }
  };
  await open();
  onTestFinished(close);
  return {
    port,
    open,
    close,
    mute,
    delay: (time) => {
      wait = time;
    },
    cut: () => {
      isCut = true;
      mute();
    },
    mend: () => {
      isCut = false;
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}
