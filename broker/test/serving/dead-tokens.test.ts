import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { tokenContext } from '../../src/services/seal-contexts';
import { run } from '../../../monitor/test/installation';
import { call } from '../support/broker';
import { one, read, setStage, storeKey, type Stage } from './stored';

let stage: Stage;
let key: string;
let apps: { fine: string; suspended: string };
beforeAll(async () => {
  stage = await setStage();
  ({ key } = await storeKey(stage));
  const { database, organizationId } = stage;
  const app = async (suspended: boolean): Promise<string> => {
    const owner = suspended ? 'owner-of-a-suspended-app' : null;
    if (owner !== null)
      await database.query(`insert into clients (organization_id, client_id, name) values ($1, $2, $2)`, [
        organizationId,
        owner,
      ]);
    return one<string>(
      database,
      `insert into apps (organization_id, client_id, service, oauth_client_id, client_secrets_sealed, client_secrets_key_version, suspended_at)
       values ($1, $2, 'crm', 'x', '', 1, case when $3 then now() end) returning id as value`,
      [organizationId, owner, suspended],
    );
  };
  apps = { fine: await app(false), suspended: await app(true) };
});
afterAll(() => stage.close());

/** A connection in any state that rows can be in, also in those that nothing brings about. */
const anyRow = fc.record({
  status: fc.constantFrom('active', 'backoff', 'uncertain', 'reauth_required', 'disabled'),
  token: fc.constantFrom('none', 'without access', 'dead', 'alive', 'endless'),
  app: fc.constantFrom('none' as const, 'fine' as const, 'suspended' as const),
  kind: fc.constantFrom('oauth2', 'client_credentials', 'long_lived'),
  refreshes: fc.boolean(),
  leased: fc.boolean(),
  clientSuspended: fc.boolean(),
  keyGone: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});
type Row = typeof anyRow extends fc.Arbitrary<infer T> ? T : never;

const isDead = ({ token }: Row): boolean => token !== 'alive' && token !== 'endless';
const SOUND = new Set(['active', 'refreshing', 'backoff', 'uncertain', 'app_suspended']);

async function insert(row: Row): Promise<{ id: string; clientId: string }> {
  const { database, organizationId, brokers } = stage;
  const id = randomUUID();
  const clientId = `c-${id}`;
  await database.query(
    `insert into clients (organization_id, client_id, name, suspended_at) values ($1, $2, $2, case when $3 then now() end)`,
    [organizationId, clientId, row.clientSuspended],
  );
  await database.query(
    `insert into connections (id, organization_id, client_id, service, kind, app_id, generation, status, lease_until, next_refresh_at)
     values ($1, $2, $3, 'crm', $4, $5, 1, $6, case when $7 then now() + '1 hour' end, case when not $7 then now() + '1 hour' end)`,
    [id, organizationId, clientId, row.kind, row.app === 'none' ? null : apps[row.app], row.status, row.leased],
  );
  if (row.token === 'none') return { id, clientId };
  const owner = { id, organizationId, clientId, service: 'crm', tenant: null };
  const { record, keyVersion } = brokers[0].broker.vault.seal(
    'access',
    tokenContext(owner, 'access_token', 1),
    `of-${id}`,
  );
  const sealed = row.token === 'without access' ? [null, null] : [record, row.keyGone ? 99_999 : keyVersion];
  await database.query(
    `insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version, refresh_sealed,
                             refresh_key_version, expires_at, lifetime_seconds)
     values ($1, $2, 1, 'current', $3, $4, $5, $6, now() + $7::interval, 3600)`,
    [organizationId, id, ...sealed, row.refreshes ? record : null, row.refreshes ? keyVersion : null, ENDS[row.token]],
  );
  return { id, clientId };
}
const ENDS: Readonly<Record<string, string | null>> = {
  dead: '-1 second',
  alive: '1 hour',
  'without access': '1 hour',
};

/** What each way to look at it calls a connection, by its id. */
async function looks(): Promise<Map<string, { view: string; api: string; severity: string }>> {
  const { rows } = await stage.database.query<{ id: string; status: string }>(
    'select id, status from connection_status',
  );
  const listed = new Map<string, string>();
  for (let cursor = ''; ;) {
    const { json } = await call(`${stage.brokers[0].url}/v1/connections?limit=500${cursor}`, { key });
    for (const { id, status } of json.items as { id: string; status: string }[]) listed.set(id, status);
    if (typeof json.nextCursor !== 'string') break;
    cursor = `&cursor=${json.nextCursor}`;
  }
  const report = JSON.parse((await run(stage.database.url, ['--json'])).out) as {
    connections: { id: string; severity: string }[];
  };
  const severities = new Map(report.connections.map(({ id, severity }) => [id, severity]));
  return new Map(
    rows.map(({ id, status }) => [id, { view: status, api: listed.get(id) ?? '', severity: severities.get(id) ?? '' }]),
  );
}

test('in whatever state its row is: a dead token is called healthy nowhere and served to nobody, a live one is not called dead', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { minLength: 80, maxLength: 120 }), async (rows) => {
      const inserted = await Promise.all(rows.map(async (row) => ({ row, ...(await insert(row)) })));
      const shown = await looks();
      await Promise.all(
        inserted.map(async ({ row, id, clientId }) => {
          const { view = '', api, severity } = shown.get(id) ?? {};
          const { status, json } = await read(stage.brokers[0], key, clientId);
          const said = { ...row, view, api, severity, served: status };
          expect({ ...said, sameEverywhere: api === view }).toEqual({ ...said, sameEverywhere: true });
          const isStopped = row.clientSuspended || row.status === 'disabled';
          const isReadable = !isStopped && !row.keyGone;
          if (isDead(row)) {
            expect({ ...said, calledSound: SOUND.has(view) }).toEqual({ ...said, calledSound: false });
            expect(said).toEqual({ ...said, severity: isStopped ? 'stopped' : 'critical' });
            expect({ ...said, isServed: status === 200 }).toEqual({ ...said, isServed: false });
          } else if (isReadable) {
            expect({ ...said, calledExpired: view === 'expired' }).toEqual({ ...said, calledExpired: false });
            expect({ ...said, secret: json.accessToken }).toEqual({ ...said, served: 200, secret: `of-${id}` });
          }
        }),
      );
      await stage.database.query('delete from connections');
    }),
    { numRuns: 2, endOnFailure: true },
  );
}, 90_000);
