import { startBroker } from '../support/broker';
import { exchange, request } from '../system/raw';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const HERE = '127.0.0.1';
const NETS = ['loopback', '10.0.0.0/8', '2001:db8:a::/48'];

/** The address that the audit names for a request with these headers. */
async function addressSeen(trustProxy: number | string[], headers: readonly string[]): Promise<string | null> {
  const broker = await startBroker(scene.database, { roots: scene.roots, config: { trustProxy } });
  const answer = await exchange(
    broker.url,
    request('GET', '/v1/whoami', [`Authorization: Bearer ${scene.key}`, ...headers]),
  );
  await broker.close();
  expect(answer.status).toBe(200);
  const [, requestId] = /^x-request-id: (\S+)/im.exec(answer.head) ?? [];
  const { rows } = await scene.database.query<{ address: string | null }>(
    'select address from audit where request_id = $1',
    [requestId],
  );
  expect(rows).toHaveLength(1);
  return rows[0]?.address ?? null;
}

const from = (...addresses: string[]): string[] => [`X-Forwarded-For: ${addresses.join(', ')}`];

test.each<[string, number | string[], string[], string | null]>([
  ['nobody is trusted', 0, from('203.0.113.7'), HERE],
  ['nobody is trusted, whatever the header', 0, ['Forwarded: for=203.0.113.7', 'X-Real-IP: 203.0.113.7'], HERE],
  ['one proxy', 1, from('203.0.113.7'), '203.0.113.7'],
  ['one proxy, and a client that made something up', 1, from('198.51.100.1', '203.0.113.7'), '203.0.113.7'],
  ['one proxy, two headers', 1, [...from('198.51.100.1'), ...from('203.0.113.7')], '203.0.113.7'],
  ['one proxy that says nothing', 1, [], HERE],
  ['one proxy, and Forwarded, which is not read', 1, ['Forwarded: for=203.0.113.7'], HERE],
  ['one proxy: mapped', 1, from('::ffff:203.0.113.7'), '203.0.113.7'],
  ['one proxy: hexadecimal', 1, from('::ffff:cb00:7107'), '203.0.113.7'],
  ['one proxy: IPv6 in full', 1, from('2001:0db8:0000:0000:0000:0000:0000:0007'), '2001:db8::7'],
  ['one proxy: garbage', 1, from('<script>'), null],
  ['one proxy: nothing between commas', 1, from('', ''), HERE],
  ['one proxy: a name', 1, from('localhost'), null],
  ['two proxies', 2, from('203.0.113.7', '10.0.0.1'), '203.0.113.7'],
  ['two proxies, and a client that made something up', 2, from('1.1.1.1', '203.0.113.7', '10.0.0.1'), '203.0.113.7'],
  ['two proxies of which one was passed by', 2, from('203.0.113.7'), '203.0.113.7'],
  ['networks', NETS, from('203.0.113.7', '10.0.0.1', '10.9.9.9'), '203.0.113.7'],
  ['networks, and a client that made something up', NETS, from('10.0.0.5', '203.0.113.7', '10.0.0.1'), '203.0.113.7'],
  ['networks of both kinds', NETS, from('203.0.113.7', '2001:db8:a::1'), '203.0.113.7'],
  ['networks, and garbage from the client', NETS, from('<script>', '203.0.113.7', '10.0.0.1'), '203.0.113.7'],
  ['networks that this connection is not from', ['10.0.0.0/8'], from('203.0.113.7'), HERE],
])('%s: %j', async (_who, trustProxy, headers, wanted) => {
  expect(await addressSeen(trustProxy, headers)).toBe(wanted);
});
