import { operatorCaller } from '../../src/services/access/operator';
import type { AuditView } from '../../src/services/audit/read-audit';
import { setScene, type Scene } from '../http/scene';

let scene: Scene;
let organizationId: string;
beforeAll(async () => {
  scene = await setScene();
  const { rows } = await scene.database.query<{ id: string }>(`select id from organizations where name = 'default'`);
  organizationId = rows[0]?.id ?? '';
  for (const clientId of ['acme', 'beta']) await scene.ask('POST /v1/clients', { body: { clientId, name: clientId } });
  // Fifty records of each moment, as batches have them, and pages that end within such a moment.
  await scene.database.query(
    `insert into audit (occurred_at, process_id, sequence, organization_id, action, code, actor, client_id, user_agent)
     select now() - interval '3 hours' + (n / 50) * interval '1 second', gen_random_uuid(), n, $1, 'test', 'test', 'test',
            case when n % 3 = 0 then 'beta' else 'acme' end, 'n8n'
       from generate_series(1, 2625) n`,
    [organizationId],
  );
});
afterAll(() => scene.close());

type Line = Record<string, unknown>;
const lines = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const download = (query: string, key = scene.key) => scene.ask(`GET /v1/audit/export?${query}`, { key });

test('an export has each record once, the oldest first, as the pages of the list have them', async () => {
  const listed: Line[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after = cursor === '' ? '' : `&cursor=${cursor}`;
    const { json } = await scene.ask(`GET /v1/audit?action=test&limit=500${after}`);
    listed.push(...(json.items as Line[]));
    cursor = json.nextCursor as string | null;
  }
  const { status, headers, text } = await download('action=test');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  expect(headers.get('content-disposition')).toBe('attachment; filename="audit.ndjson"');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(lines(text)).toHaveLength(2_625);
  expect(lines(text)).toEqual(listed.reverse());
});

test('filters hold, a limited key gets what concerns its clients, and the export itself is in the audit', async () => {
  expect(lines((await download('action=test&clientId=beta')).text)).toHaveLength(875);
  const { id, key } = await scene.mint({ clientIds: ['beta'] });
  const seen = lines((await download('', key)).text);
  expect(seen.filter(({ action }) => action === 'test')).toHaveLength(875);
  expect(seen.every(({ clientId }) => clientId === 'beta')).toBe(true);
  expect((await download('clientId=acme', key)).status).toBe(403);
  const { json } = await scene.ask(`GET /v1/audit?keyId=${id}&action=audit.export`);
  expect((json.items as Line[]).map(({ code }) => code)).toEqual(['client_not_allowed', 'admitted']);
});

test('another organization gets none of it', async () => {
  expect((await download('action=test', scene.otherKey)).text).toBe('');
});

test('a span is that span, and none that is said is the last 24 hours', async () => {
  await scene.database.query(
    `insert into audit (occurred_at, process_id, sequence, organization_id, action, code, actor)
     values ('2026-01-02T03:04:05Z', gen_random_uuid(), 1, $1, 'old', 'old', 'old')`,
    [organizationId],
  );
  expect((await download('action=old')).text).toBe('');
  expect(lines((await download('action=old&since=2026-01-01T00:00:00Z')).text)).toHaveLength(1);
  expect((await download('action=old&since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z')).text).toBe('');
});

test('as CSV: quoted where it must be, and nothing that a spreadsheet would calculate', async () => {
  await scene.database.query(
    `insert into audit (occurred_at, process_id, sequence, organization_id, action, code, actor, user_agent, detail)
     select now(), gen_random_uuid(), n, $1, 'cells', 'x', 'x', agent, '{"a": "b,c"}'
       from unnest(array['=1+1', '@x', '-1', '+1', 'a,"b"', '']) with ordinality as u (agent, n)`,
    [organizationId],
  );
  const { headers, text } = await download('action=cells&format=csv');
  expect(headers.get('content-type')).toContain('text/csv');
  const [head, ...rows] = text.split('\r\n');
  expect(head).toMatch(/^occurredAt,action,code,actor,/);
  expect(rows.pop()).toBe('');
  const agents = rows.map((row) => /^[^,]*,cells,x,x,,,,,,(.*?),,,,"\{""a"":""b,c""\}"/.exec(row)?.[1]).sort();
  expect(agents).toEqual([`"a,""b"""`, `'+1`, `'-1`, `'=1+1`, `'@x`, ''].sort());
});

test.each([
  ['an unknown format', 'format=xml'],
  ['a page', 'limit=5'],
  ['a cursor', 'cursor=x'],
])('%s is refused', async (_what, query) => {
  expect((await download(query)).status).toBe(400);
});

test('HEAD is answered without the file', async () => {
  const { status, text } = await scene.ask('HEAD /v1/audit/export');
  expect([status, text]).toEqual([200, '']);
});

/** One page after the other, as a reader takes them who is in no hurry. */
async function begin(key: string): Promise<AsyncIterator<readonly AuditView[]>> {
  const caller = { ...operatorCaller('default'), presented: { kind: 'bearer' as const, token: key } };
  const pages = await scene.broker.broker.exportAudit(caller, { action: 'test' });
  return pages[Symbol.asyncIterator]();
}

test('a key that is revoked while it reads reads nothing more, and one that is narrowed no more than it may', async () => {
  const revoked = await scene.mint();
  const reading = await begin(revoked.key);
  expect((await reading.next()).done).toBe(false);
  await scene.ask(`POST /v1/access-keys/${revoked.id}/revoke`);
  await expect(reading.next()).rejects.toMatchObject({ code: 'key_invalid' });

  const narrowed = await scene.mint();
  const other = await begin(narrowed.key);
  expect((await other.next()).done).toBe(false);
  await scene.ask(`PATCH /v1/access-keys/${narrowed.id}`, { body: { clientIds: ['beta'] } });
  const { value } = (await other.next()) as { value: readonly AuditView[] };
  expect(new Set(value.map(({ clientId }) => clientId))).toEqual(new Set(['beta']));
});

test('what is written while it is read does not keep it from ending', async () => {
  const reading = await begin(scene.key);
  let pages = 0;
  for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
    pages++;
    await scene.database.query(
      `insert into audit (occurred_at, process_id, sequence, organization_id, action, code, actor)
       select otobot_now(), gen_random_uuid(), n, $1, 'test', 'test', 'test' from generate_series(1, 1000) n`,
      [organizationId],
    );
  }
  expect(pages).toBe(3);
});
