import { Agent } from 'node:http';
import { startProvider, type Provider } from '../support/provider';
import { createInstallation, type Installation } from './installation';
import { ask } from './load';
import { addService, connectClient, operatorOf } from './operator';

let provider: Provider;
let installation: Installation;

beforeAll(async () => {
  provider = await startProvider();
  installation = createInstallation();
}, 60_000);
afterAll(async () => {
  await installation.remove();
  await provider.close();
});

test('a thousand readers of one dead token on two processes cause one call and get the same new token', async () => {
  const first = await installation.start('serve');
  const key = first.accessKey ?? '';
  const operator = operatorOf(first.url, key);
  await addService(operator, 'crm', provider);
  // No worker yet: the token dies unrefreshed.
  const { issued } = await connectClient(operator, provider, {
    clientId: 'acme',
    service: 'crm',
    expiresInSeconds: -60,
  });
  const [second] = await Promise.all([
    installation.start('serve'),
    installation.start('refresh'),
    installation.start('refresh'),
  ]);

  provider.next({ delayMs: 300 }); // time for all of them to arrive
  const agent = new Agent();
  const replies = await Promise.all(
    Array.from({ length: 1_000 }, (_, reader) =>
      ask(agent, `${(reader % 2 === 0 ? first : second).url}/v1/credentials/acme/crm`, key),
    ),
  );
  const tokens = replies.map((reply) =>
    typeof reply === 'string' || reply.status !== 200
      ? reply
      : (JSON.parse(reply.text) as { accessToken: string }).accessToken,
  );
  const [token, ...others] = new Set(tokens);
  expect(others).toEqual([]);
  expect(token).not.toBe(issued.accessToken);
  expect(provider.accepts(token as string)).toBe(true);
  expect(provider.calls).toHaveLength(1);
}, 60_000);
