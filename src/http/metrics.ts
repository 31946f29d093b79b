import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';

/** The server that Prometheus asks, at `/metrics` on a port of its own: what it tells is nobody else's business. */
export function metricsServer(read: () => Promise<string>, log: Logger): Server {
  return createServer(async ({ method, url }, response) => {
    if (url?.split('?', 1)[0] !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await read();
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
    } catch (error) {
      log.error({ err: error }, 'metrics could not be read');
      response.writeHead(503).end();
    }
  });
}
