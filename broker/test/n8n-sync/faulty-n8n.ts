import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A credential as it stands in that n8n. */
export interface Kept {
  id: string;
  name: string;
  type: string;
  updatedAt: string;
  data: { oauthTokenData: { access_token: string } & Record<string, unknown> } & Record<string, unknown>;
}

/**
 * `silent`: takes the request and never answers; `deaf`: does what it is asked, and closes without an answer. `held`: answers when the
 * fault ends. `proxy`: 404 in HTML. A number: answers with that status.
 */
export type Fault = 'silent' | 'deaf' | 'held' | 'proxy' | number;

/**
 * The part of n8n's public API that the broker uses, answering as 2.40.5 was seen to answer, for what a real one does not do when told: to fail.
 * What the broker relies on is shown on a real n8n by `npm run test:n8n`.
 */
export interface FaultyN8n {
  url: string;
  apiKey: string;
  kept: Map<string, Kept>;
  /** `PATCH /credentials/…` and so on, in the order of arrival. */
  calls: string[];
  /** For every request whose method it is, until null. */
  fail(fault: Fault | null, method?: string): void;
  close(): Promise<void>;
}

const PAGE_OF_IT = ({ id, name, type, updatedAt }: Kept) => ({ id, name, type, updatedAt });

export async function startFaultyN8n(): Promise<FaultyN8n> {
  const kept = new Map<string, Kept>();
  const calls: string[] = [];
  const apiKey = `n8n-${randomBytes(12).toString('hex')}`;
  const faults = new Map<string, Fault>();
  const held: (() => void)[] = [];
  let clock = Date.now();

  const store = (id: string, body: Pick<Kept, 'name' | 'type' | 'data'>): Answer => {
    if ('grantType' in body.data)
      return [400, { message: 'request.body.data is not allowed to have the additional property "grantType"' }];
    if (body.type === 'unknownApi') return [400, { message: 'req.body.type is not a known type' }];
    kept.set(id, { id, ...body, updatedAt: new Date((clock += 1)).toISOString() });
    return [200, PAGE_OF_IT(kept.get(id) as Kept)];
  };
  const answer = (method: string, path: string, query: URLSearchParams, body: string): Answer => {
    const id = /^\/api\/v1\/credentials\/([\w-]+)$/.exec(path)?.[1];
    if (method === 'GET' && path === '/api/v1/credentials') return [200, pageOf([...kept.values()], query)];
    if (method === 'POST') {
      const given = JSON.parse(body) as Kept;
      if ('id' in given) return [400, { message: 'request/body/id is read-only' }];
      return store(randomBytes(8).toString('hex'), given);
    }
    const found = id === undefined ? undefined : kept.get(id);
    if (found === undefined) return [404, { message: 'Credential not found' }];
    if (method === 'PATCH') return store(found.id, { ...found, ...(JSON.parse(body) as Kept) });
    if (method === 'DELETE') kept.delete(found.id);
    return [200, PAGE_OF_IT(found)];
  };

  const server = http.createServer((request, response) => {
    void text(request).then(async (body) => {
      const { method = '', headers } = request;
      const url = new URL(request.url ?? '', 'http://n8n');
      calls.push(`${method} ${url.pathname.replace('/api/v1', '').replace(/\/credentials\/.*/, '/credentials/:id')}`);
      const fault = faults.get(method) ?? faults.get('*') ?? null;
      if (fault === 'silent') return;
      if (fault === 'held') await new Promise<void>((resolve) => held.push(resolve));
      if (fault === 'proxy') {
        response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
        return;
      }
      if (/bot/i.test(headers['user-agent'] ?? '')) {
        response.writeHead(204).end();
        return;
      }
      const allowed = headers['x-n8n-api-key'] === apiKey;
      const [status, json] =
        typeof fault === 'number'
          ? ([fault, { message: 'as told' }] as const)
          : allowed
            ? answer(method, url.pathname, url.searchParams, body)
            : ([401, { message: 'Unauthorized' }] as const);
      if (fault === 'deaf') request.socket.destroy();
      else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ apiKey, kept, calls },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (fault, method = '*') => {
      if (fault === null) {
        faults.clear();
        for (const resolve of held.splice(0)) resolve();
      } else faults.set(method, fault);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Answer = readonly [status: number, json: unknown];

/** Two at a time, so that whoever looks for one has to turn pages. */
function pageOf(all: readonly Kept[], query: URLSearchParams): unknown {
  const from = Number(query.get('cursor') ?? 0);
  const next = from + 2;
  return { data: all.slice(from, next).map(PAGE_OF_IT), nextCursor: next < all.length ? String(next) : null };
}
