import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Page } from '../../broker/src/http/pages/models';

/** Serves pages from loopback with their status and policy, as the broker does; each under a path of its own. */
export interface PageServer {
  origin: string;
  show: (path: string, page: Page) => string;
  close: () => Promise<void>;
}

export async function startPageServer(): Promise<PageServer> {
  const pages = new Map<string, Page>();
  const server: Server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(page.status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': page.contentSecurityPolicy,
    });
    response.end(page.html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    show(path, page) {
      pages.set(path, page);
      return origin + path;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
