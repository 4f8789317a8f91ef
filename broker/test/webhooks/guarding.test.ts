import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
beforeEach(() => scene.clear());
afterEach(() => scene.travel('0'));

describe('the endpoint may be anybody', () => {
  test('a redirect is not followed', async () => {
    const elsewhere = await scene.another();
    const { id } = await scene.listen();
    scene.receiver.answer((_received, response) => response.writeHead(307, { location: elsewhere.url }).end());
    await scene.connect();
    await scene.deliver();
    expect(await scene.delivery(id, { attempts: 1 })).toMatchObject({ code: 'http_307' });
    expect(elsewhere.received).toHaveLength(0);
  });

  test('who answers without end has answered, and who does not answer is cut off', async () => {
    const { id } = await scene.listen();
    scene.receiver.answer((_received, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    await scene.connect();
    await scene.deliver();
    expect(await scene.delivery(id, { status: 'delivered' })).toMatchObject({ httpStatus: 200 });

    scene.receiver.answer((_received, response) => void response.writeHead(200).write('a bit'));
    await scene.connect();
    await scene.deliver({ timeoutMs: 200 });
    expect(await scene.delivery(id, { status: 'delivered' })).toMatchObject({ httpStatus: 200 });

    scene.receiver.answer(() => undefined);
    await scene.connect();
    await scene.deliver({ timeoutMs: 200 });
    expect(await scene.delivery(id, { attempts: 1, status: 'waiting' })).toMatchObject({
      code: 'timeout',
      httpStatus: null,
    });
  });

  test('what is no HTTP, or nobody at all, is a failure like others', async () => {
    const server = http.createServer((request) => request.socket.end('hello\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { id } = await scene.listen({ url: `http://127.0.0.1:${port}/` });
    await scene.connect();
    await scene.deliver();
    expect(await scene.delivery(id, { attempts: 1 })).toMatchObject({ code: 'not_http' });
    await new Promise((resolve) => server.close(resolve));
    await scene.travel('1 minute');
    await scene.deliver();
    expect(await scene.delivery(id, { attempts: 2 })).toMatchObject({ code: 'connection_refused' });
  });

  test('private hosts are refused when a webhook is made, and again when something is sent', async () => {
    for (const url of [
      'http://10.0.0.1/x',
      'http://hooks.example.com/x',
      'https://u:p@hooks.example/',
      'ftp://x.example',
      'x',
    ])
      expect(await scene.ask('POST /v1/webhooks', { body: { url } })).toMatchObject({ status: 422 });
    const { id } = await scene.listen();
    expect((await scene.ask(`PATCH /v1/webhooks/${id}`, { body: { url: 'http://10.0.0.1/x' } })).status).toBe(422);
    await scene.connect();
    await scene.deliver({ policy: { allowPrivate: false, privateHosts: [] } });
    expect(await scene.delivery(id, { attempts: 1 })).toMatchObject({ code: 'outbound_refused' });
    expect(scene.receiver.received).toHaveLength(0);
    const { port } = new URL(scene.receiver.url);
    await scene.travel('1 minute');
    await scene.deliver({ policy: { allowPrivate: false, privateHosts: [`127.0.0.1:${port}`] } });
    expect(scene.receiver.received).toHaveLength(1);
  });
});

describe('the secret', () => {
  test('for a URL that was rewritten in the database nothing is signed and nothing sent, nor with a secret from another row', async () => {
    const thief = await scene.another();
    const { id } = await scene.listen();
    await scene.database.query('update webhooks set url = $1 where id = $2', [thief.url, id]);
    await scene.connect();
    await scene.deliver();
    expect(await scene.delivery(id, { status: 'failed' })).toMatchObject({ code: 'integrity' });
    await scene.database.query('delete from webhooks');
    const [one, other] = [await scene.listen(), await scene.listen()];
    await scene.database.query(
      `update webhooks w set secret_sealed = o.secret_sealed from webhooks o where w.id = $1 and o.id = $2`,
      [one.id, other.id],
    );
    await scene.connect();
    await scene.deliver();
    expect(await scene.delivery(one.id, { status: 'failed' })).toMatchObject({ code: 'integrity' });
    expect(thief.received).toHaveLength(0);
    expect(scene.receiver.received).toHaveLength(1);
  });

  test('stays when the URL is changed, and is not shown again; the audit knows where things are told', async () => {
    const { id, secret } = await scene.listen({ url: 'https://hooks.example/in?token=secret' });
    const changed = await scene.must(`PATCH /v1/webhooks/${id}`, { url: scene.receiver.url });
    const { rows } = await scene.database.query(
      `select action, detail ->> 'host' as host from audit where detail ->> 'webhookId' = $1 order by sequence`,
      [id],
    );
    expect(rows).toEqual([
      { action: 'webhook.create', host: 'hooks.example' },
      { action: 'webhook.update', host: new URL(scene.receiver.url).host },
    ]);
    expect(JSON.stringify([changed, await scene.must('GET /v1/webhooks')])).not.toContain(secret.slice(6));
    await scene.connect();
    await scene.deliver();
    const [received] = await scene.came(1);
    scene.receiver.verify(received as NonNullable<typeof received>, secret);
  });

  test('is replaced with a time of grace, in which both hold, also at another URL; after it the new one alone', async () => {
    const { id, secret } = await scene.listen({ url: 'https://hooks.example/in' });
    const rotated = await scene.must(`POST /v1/webhooks/${id}/rotate-secret`, { graceSeconds: 3_600 });
    expect(rotated.previousSecretUntil).not.toBeNull();
    await scene.must(`PATCH /v1/webhooks/${id}`, { url: scene.receiver.url });
    await scene.connect();
    await scene.deliver();
    await scene.travel('2 hours');
    await scene.connect();
    await scene.deliver();
    const [within, after] = await scene.came(2);
    if (within === undefined || after === undefined) throw new Error('nothing came');
    for (const each of [secret, String(rotated.secret)]) scene.receiver.verify(within, each);
    scene.receiver.verify(after, String(rotated.secret));
    expect(() => scene.receiver.verify(after, secret)).toThrow();
    expect(await scene.must(`GET /v1/webhooks/${id}`)).toMatchObject({ previousSecretUntil: null });
    const again = await scene.must(`POST /v1/webhooks/${id}/rotate-secret`);
    await scene.connect();
    await scene.deliver();
    const [, , last] = await scene.came(3);
    expect(last?.headers['webhook-signature']?.split(' ')).toHaveLength(1);
    scene.receiver.verify(last as NonNullable<typeof last>, String(again.secret));
  });
});

describe('connectUrl', () => {
  const tellReauth = async (connectionId: string): Promise<void> => {
    await scene.database.query(
      `insert into outbox (organization_id, type, client_id, service, connection_id, data)
       select organization_id, 'connection.reauth_required', client_id, service, id, jsonb_build_object('generation', generation, 'reason', 'revoked')
         from connections where id = $1`,
      [connectionId],
    );
  };
  beforeAll(async () => {
    const at = 'https://drive.example';
    await scene.must('POST /v1/services', {
      name: 'drive',
      authorizationUrl: `${at}/authorize`,
      tokenUrl: `${at}/token`,
    });
    await scene.must('PUT /v1/services/drive/app', { clientId: 'c', clientSecrets: ['s'] });
  });
  const connect = async (): Promise<string> => {
    const body = {
      clientId: 'acme',
      service: 'drive',
      accessToken: 'a',
      refreshToken: 'r',
      expiresAt: '2020-01-01T00:00:00Z',
    };
    return String((await scene.must('POST /v1/connections', body)).id);
  };
  const events = ['connection.reauth_required'];

  test('comes with what only the client can mend, the same at each telling, and is stored nowhere', async () => {
    const { id } = await scene.listen({ events });
    const connectionId = await connect();
    await tellReauth(connectionId);
    await scene.deliver();
    await scene.must(`POST /v1/webhooks/${id}/replay`, { since: '2026-01-01T00:00:00Z' });
    await scene.deliver();
    const [first, second] = await scene.came(2);
    const url = String(first?.event.data.connectUrl);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1\/connect\/[\w-]{54}$/);
    expect(second?.event).toEqual(first?.event);
    expect((await fetch(url.replace('http://127.0.0.1', scene.broker.url))).status).toBe(200);
    const { rows } = await scene.database.query<{ n: number }>(
      `select count(*)::int as n from webhook_deliveries d join outbox e on e.id = d.event_id join connect_links l on true
        where concat(d, e, l) like '%' || $1 || '%'`,
      [url.slice(-40)],
    );
    expect(rows).toEqual([{ n: 0 }]);
    // Once he has connected, the link of then would be worth nothing.
    await connect();
    await scene.must(`POST /v1/webhooks/${id}/replay`, { since: '2026-01-01T00:00:00Z' });
    await scene.deliver();
    expect((await scene.came(3))[2]?.event.data.connectUrl).toBeUndefined();
  });

  test('comes with a consent that ends soon too, and is the link of its event', async () => {
    await scene.listen({ events: ['connection.expiring'] });
    const id = await connect();
    await scene.database.query(
      `update connections set absolute_expires_at = now() + interval '10 days' where id = $1`,
      [id],
    );
    await scene.deliver({ expiring: true });
    const [received] = await scene.came(1);
    expect(received?.event.data).toMatchObject({ clientId: 'acme', days: 14, end: 'absolute' });
    expect(received?.event.data).not.toHaveProperty('connectLinkId');
    const { rows } = await scene.database.query<{ n: number }>(
      'select count(*)::int as n from connect_links where automatic and connection_id = $1',
      [id],
    );
    expect(rows).toEqual([{ n: 1 }]);
    expect(received?.event.data.connectUrl).toMatch(/\/connect\/[\w-]{54}$/);
  });

  test('is for webhooks whose key may make links', async () => {
    const { key } = await scene.mint({ scopes: ['webhooks:write', 'connections:read'] });
    await scene.listen({ events }, key);
    await tellReauth(await connect());
    await scene.deliver();
    const [received] = await scene.came(1);
    expect(received?.event.data).toMatchObject({ clientId: 'acme', service: 'drive', reason: 'revoked' });
    expect(received?.event.data.connectUrl).toBeUndefined();
  });
});
