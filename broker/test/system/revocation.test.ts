import { startProvider, type Provider } from '../support/provider';
import { withClient } from '../support/postgres-statements';
import { until } from '../support/until';
import { createInstallation, type Installation } from './installation';
import { startLoad, type Load } from './load';
import { addService, connectClient, must, operatorOf, type Operator } from './operator';
import type { Program } from './program';

let provider: Provider;
let installation: Installation;
let processes: [Program, Program];
let operator: Operator;
let bystander: Load;

const settings = { RATE_LIMIT_PER_MINUTE: '1000000' };
const urls = (): string[] => processes.map(({ url }) => `${url}/v1/credentials/acme/crm`);

beforeAll(async () => {
  provider = await startProvider();
  installation = createInstallation();
  const first = await installation.start('serve', settings);
  processes = [first, await installation.start('serve', settings)];
  operator = operatorOf(first.url, first.accessKey ?? '');
  await addService(operator, 'crm', provider);
  await connectClient(operator, provider, { clientId: 'acme', service: 'crm' });
  bystander = startLoad({ key: first.accessKey ?? '', urls: urls(), readers: 4 });
}, 60_000);
afterAll(async () => {
  await bystander.stop();
  await installation.remove();
  await provider.close();
});

/** Ends a key while it is used in both processes, and tells whether any read that began afterwards was answered. */
async function releasedAfter(revoke: (keyId: string) => Promise<unknown>): Promise<{ before: number; after: number }> {
  const { id, key } = await must(operator('POST', '/v1/access-keys', { name: 'reader', preset: 'n8n' }));
  const answered = { before: 0, after: 0 };
  const requestsAfter = { [urls()[0] ?? '']: 0, [urls()[1] ?? '']: 0 };
  let revokedAt = Infinity;
  const load = startLoad({
    key: key as string,
    urls: urls(),
    readers: 20,
    onReply: ({ status, url, startedAt }) => {
      const isAfter = startedAt > revokedAt;
      if (isAfter) requestsAfter[url] = (requestsAfter[url] ?? 0) + 1;
      if (status === 200) answered[isAfter ? 'after' : 'before'] += 1;
    },
  });
  await until('the key is in use', () => answered.before > 300);
  await revoke(id as string);
  revokedAt = performance.now();
  await until('both processes were asked again', () => Object.values(requestsAfter).every((count) => count > 50));
  await load.stop();

  const [row] = await installation.query<{ count: number }>(
    `select count(*)::int from audit where actor = $1 and code = 'released'`,
    [`key:${id as string}`],
  );
  expect(row?.count).toBe(answered.before + answered.after);
  return answered;
}

test('a key revoked in one process opens nothing more in the other, under load', async () => {
  const { after } = await releasedAfter((id) => must(operator('POST', `/v1/access-keys/${id}/revoke`, {})));
  expect(after).toBe(0);
});

test('a key revoked by SQL opens nothing more in any process, under load', async () => {
  const { after } = await releasedAfter((id) =>
    installation.query('update access_keys set revoked_at = now() where id = $1', [id]),
  );
  expect(after).toBe(0);
});

test('a key deleted by SQL opens nothing more in any process, under load', async () => {
  const { after } = await releasedAfter((id) => installation.query('delete from access_keys where id = $1', [id]));
  expect(after).toBe(0);
});

test('a revocation that is taken back by SQL stays one', async () => {
  const { id, key } = await must(operator('POST', '/v1/access-keys', { name: 'reader', preset: 'n8n' }));
  await must(operator('POST', `/v1/access-keys/${id as string}/revoke`, {}));
  await installation.query('update access_keys set revoked_at = null where id = $1', [id]);
  for (const { url } of processes) {
    const { status } = await operatorOf(url, key as string)('GET', '/v1/whoami');
    expect([401, 429]).toContain(status); // 429: this address has failed often by now
  }
});

test('others read on undisturbed, even while the rules change without end', async () => {
  const before = bystander.counts['200'] ?? 0;
  await withClient(installation.databaseUrl(), async (client) => {
    for (let change = 0; change < 200 || (bystander.counts['200'] ?? 0) < before + 20; change += 1)
      await client.query(`update clients set name = $1 where client_id = 'acme'`, [`Acme ${change}`]);
  });
  expect(bystander.failures).toEqual([]);
  expect(Object.keys(bystander.counts)).toEqual(['200']);
});

test('fifty at a time may edit an organization: none is refused because the others do', async () => {
  const add = async (client: number): Promise<number> =>
    (await operator('POST', '/v1/clients', { clientId: `client-${client}`, name: 'one of many' })).status;
  const statuses = await Promise.all(Array.from({ length: 50 }, (_, client) => add(client)));
  expect(statuses).toEqual(statuses.map(() => 201));
});
