import { randomInt } from 'node:crypto';
import { operatorCaller } from '../../src/services/access/operator';
import type { NewKey } from '../../src/services/access-keys/grant';
import { call, makeRoots, startBroker, type Answer, type TestBroker } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';

/** One object of each kind, as requests name them. */
export interface Objects {
  clientId: string;
  service: string;
  connection: string;
  accessKey: string;
  connectLink: string;
  n8nInstance: string;
  n8nCredential: string;
  webhook: string;
  delivery: string;
}

/** Names are equally long, so that answers about them may be compared byte for byte. */
export const PREFIXES = { own: 'beta', other: 'gamm', absent: 'none' } as const;
/** Stands in everything that can be read of the other organization. */
export const MARK = 'mark-of-gamm';

export interface Stage {
  database: TestDatabase;
  broker: TestBroker;
  /** Of `beta`, whose objects are `objects.own`; `other` are those of `gamm`. */
  key: string;
  otherKey: string;
  objects: { own: Objects; other: Objects; absent: Objects };
  mint(organization: string, key?: Partial<NewKey>): Promise<{ id: string; key: string }>;
  /** Each request from an address of its own: what others did must not slow it down. */
  send(method: string, path: string, options?: Sent): Promise<Answer>;
  /** Of all that these organizations own, row by row. */
  fingerprint(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export interface Sent {
  key?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export async function setStage(): Promise<Stage> {
  const database = await createTestDatabase();
  const roots = await makeRoots(database);
  const config = { trustProxy: 1, outbound: { allowPrivate: 'loopback' as const, privateHosts: [] } };
  const broker = await startBroker(database, { roots, config });
  const send: Stage['send'] = (method, path, { headers = {}, key, body } = {}) =>
    call(broker.url + path, {
      method,
      headers: { 'x-forwarded-for': anAddress(), ...headers },
      ...(key === undefined ? {} : { key }),
      ...(body === undefined ? {} : { body }),
    });
  const mint: Stage['mint'] = (organization, key = {}) => {
    const whole = { name: 'test', ...(key.scopes === undefined ? { preset: 'operator' as const } : {}), ...key };
    return broker.broker.accessKeys.create(operatorCaller(organization), whole);
  };
  for (const name of ['beta', 'gamm', 'delt'])
    await database.query('insert into organizations (name, display_name) values ($1, $1)', [name]);
  const [{ key }, { key: otherKey }] = [await mint('beta'), await mint('gamm')];
  const filled = { send, mint, database };
  const objects = {
    own: await fill(filled, { key, prefix: PREFIXES.own, mark: 'mark-of-beta' }),
    other: await fill(filled, { key: otherKey, prefix: PREFIXES.other, mark: MARK }),
    absent: {
      ...{ clientId: 'none-one', service: 'none-crm', accessKey: 'NoSuchKey000' },
      ...{ connection: '00000000-0000-4000-8000-000000000000', connectLink: '00000000-0000-4000-8000-000000000001' },
      ...{ webhook: '00000000-0000-4000-8000-000000000002', delivery: '00000000-0000-4000-8000-000000000003' },
      ...{ n8nInstance: '00000000-0000-4000-8000-000000000004', n8nCredential: '00000000-0000-4000-8000-000000000005' },
    },
  };
  return {
    ...{ database, broker, key, otherKey, objects, mint, send },
    fingerprint: () => fingerprintOf(database),
    async close() {
      await broker.close();
      await database.drop();
    },
  };
}

const anAddress = (): string => `198.${randomInt(18, 20)}.${randomInt(256)}.${randomInt(256)}`;

async function fill(
  { send, mint, database }: Pick<Stage, 'send' | 'mint' | 'database'>,
  { key, prefix, mark }: { key: string; prefix: string; mark: string },
): Promise<Objects> {
  const must = async (method: string, path: string, body: unknown): Promise<Record<string, unknown>> => {
    const { status, text, json } = await send(method, path, { key, body });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return json;
  };
  const [clientId, service] = [`${prefix}-one`, `${prefix}-crm`];
  for (const id of [clientId, `${prefix}-two`]) await must('POST', '/v1/clients', { clientId: id, name: mark });
  await must('POST', '/v1/services', {
    ...{ name: service, displayName: mark },
    ...{ authorizationUrl: 'https://crm.example/authorize', tokenUrl: 'https://crm.example/token' },
  });
  await must('PUT', `/v1/services/${service}/app`, { clientId: mark, clientSecrets: ['s'] });
  const { id } = await must('POST', '/v1/connections', { clientId, service, accessToken: mark, refreshToken: 'r' });
  const link = await must('POST', '/v1/connect-links', { clientId, service, reason: mark });
  const { id: accessKey } = await mint(prefix, { name: mark });
  // Nobody listens there: it is there all the same.
  const n8n = await must('POST', '/v1/n8n-instances', { name: mark, url: 'http://127.0.0.1:9', apiKey: mark });
  const kept = await must('POST', `/v1/n8n-instances/${String(n8n.id)}/credentials`, {
    ...{ clientId, service, type: 'crmApi', title: mark },
  });
  const webhook = await must('POST', '/v1/webhooks', { url: 'https://hooks.example/in', description: mark });
  const { rows } = await database.query<{ id: string }>(
    `insert into webhook_deliveries (organization_id, webhook_id, event_id)
     select w.organization_id, w.id, (select id from outbox e where e.organization_id = w.organization_id order by id limit 1)
       from webhooks w where w.id = $1 returning id`,
    [webhook.id],
  );
  return {
    ...{ clientId, service, connection: String(id), accessKey, connectLink: String(link.id) },
    ...{ webhook: String(webhook.id), delivery: rows[0]?.id ?? '' },
    ...{ n8nInstance: String(n8n.id), n8nCredential: String(kept.id) },
  };
}

async function fingerprintOf(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'audit'`,
  );
  const entries = tables.rows.map(async ({ name }) => {
    const { rows } = await database.query<{ print: string }>(
      `select coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as print from ${name} t
        where organization_id in (select id from organizations where name <> 'default')`,
    );
    return [name, rows[0]?.print ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
