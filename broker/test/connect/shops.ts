import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createOutbound } from '../../src/outbound/outbound';
import { startRefresher } from '../../src/worker/refresher';
import { silent } from '../support/broker';
import { startProvider, type Provider } from '../support/provider';
import type { Browser, Seen } from './browser';
import { departureOf, wayBack, type Departure } from './journey';
import { must, type Invited, type Scene } from './scene';

/** A provider with a host per customer: the shops `2` and `3` at 127.0.0.2 and 127.0.0.3, each with tokens of its own. */
export interface Shops {
  two: Provider;
  three: Provider;
  port: string;
  close(): Promise<void>;
}

export async function openShops(): Promise<Shops> {
  const two = await startProvider({ host: '127.0.0.2' });
  const { port } = new URL(two.url);
  const three = await startProvider({ host: '127.0.0.3', port: Number(port) });
  const close = async (): Promise<void> => {
    await Promise.all([two.close(), three.close()]);
  };
  return { two, three, port, close };
}

/** One service for all shops: told with the link or on its page, repeated and signed in the redirect. */
export const signedShop = ({ port }: Shops) => ({
  authorizationUrl: `http://127.0.0.{tenant}:${port}/authorize`,
  tokenUrl: `http://127.0.0.{tenant}:${port}/token`,
  baseUrl: 'https://{tenant}.shop.example/api',
  allowedHosts: ['{tenant}.shop.example'],
  tenantFrom: 'link',
  tenantParam: 'shop',
  tenantExample: '2',
  redirectHmacParam: 'hmac',
});

/** One service for all data centres: signed in to at one place, told in the redirect. */
export const centre = ({ two, port }: Shops) => ({
  authorizationUrl: `${two.url}/authorize`,
  tokenUrl: `http://{tenant}:${port}/token`,
  baseUrl: 'https://api.centre.example',
  tenantFrom: 'redirect',
  tenantParam: 'accounts-server',
  tenantHosts: ['127.0.0.2', '127.0.0.3'],
});

export async function makeService(scene: Scene, name: string, body: Record<string, unknown>): Promise<void> {
  const { clientId, clientSecrets } = scene.provider;
  await must(scene.ask('POST /v1/services', { body: { name, displayName: 'CRM', scopes: 'read', ...body } }));
  await must(scene.ask(`PUT /v1/services/${name}/app`, { body: { clientId, clientSecrets } }));
}

/** Presses the button of the page, with a tenant where it is asked for. */
export async function departTo(browser: Browser, { path }: Pick<Invited, 'path'>, tenant?: string): Promise<Departure> {
  return departureOf(await browser.submit(path, tenant === undefined ? {} : { tenant }));
}

/** Back from a shop, signed with a client secret; `change` alters the parameters before or after the signature. */
export function signedWayBack(
  shop: Provider,
  departure: Departure,
  { given = {}, after = {} }: { given?: Record<string, string | null>; after?: Record<string, string> } = {},
): string {
  const named = { shop: new URL(shop.url).hostname, timestamp: '1700000000', ...given };
  const back = new URL(wayBack({ provider: shop }, departure, named), 'http://back');
  back.searchParams.sort();
  const message = back.searchParams.toString();
  const hmac = createHmac('sha256', shop.clientSecrets[1] ?? '')
    .update(message)
    .digest('hex');
  for (const [name, value] of Object.entries({ hmac, ...after })) back.searchParams.set(name, value);
  return back.pathname + back.search;
}

/** All of it at a shop, by the service of signedShop. */
export async function connectShop(scene: Scene, shop: Provider, link: Invited, tenant?: string): Promise<Seen> {
  const browser = scene.browser();
  return browser.go(signedWayBack(shop, await departTo(browser, link, tenant)));
}

/** A worker beside the broker, that may dial loopback. */
export async function startWorker({ database, roots }: Scene): Promise<{ stop(): Promise<void> }> {
  const outbound = createOutbound({ allowPrivate: true, privateHosts: [] });
  const dataDir = mkdtempSync(path.join(tmpdir(), 'otobot-shops-'));
  const worker = await startRefresher({
    databaseUrl: database.url,
    dataDir,
    roots,
    outbound,
    log: silent,
    limits: { idleMs: 50 },
  });
  const stop = async (): Promise<void> => {
    await worker.stop();
    outbound.close();
    rmSync(dataDir, { recursive: true });
  };
  return { stop };
}
