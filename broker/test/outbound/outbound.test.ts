import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import { OutboundRefused } from '../../src/outbound/outbound-refused';
import type { OutboundOptions } from '../../src/outbound/policy';

const PUBLIC = '93.184.215.14';
let server: http.Server;
let port: number;
let connections = 0;
const opened: Outbound[] = [];

beforeAll(async () => {
  server = http.createServer((_request, response) => response.end('reached'));
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  connections = 0;
});
afterAll(async () => {
  for (const outbound of opened) outbound.close();
  await new Promise((resolve) => server.close(resolve));
});

/** An outbound whose names resolve to what the test says. */
function outboundTo(options: Partial<OutboundOptions>, ...addresses: string[]): Outbound {
  const resolved: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const outbound = createOutbound({ allowPrivate: false, privateHosts: [], ...options }, () =>
    Promise.resolve(resolved),
  );
  opened.push(outbound);
  return outbound;
}

/** Asks over the agents alone, as code does that forgets assertAllowed. */
function get(outbound: Outbound, options: http.RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, agent: outbound.agents.http, ...options }, (response) => {
      response.resume().once('end', () => {
        resolve(`${response.statusCode}`);
      });
    });
    request.once('error', reject);
  });
}

const refusal = (outbound: Outbound, url: string): string | null => {
  try {
    outbound.assertAllowed(url);
    return null;
  } catch (error) {
    if (!(error instanceof OutboundRefused)) throw error;
    return error.reason;
  }
};

const NOTATIONS: [string, string][] = [
  ['127.0.0.1', 'loopback'],
  ['127.1', 'loopback'],
  ['0x7f.1', 'loopback'],
  ['0177.0.0.1', 'loopback'],
  ['2130706433', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['localhost', 'loopback'],
  ['LOCALHOST', 'loopback'],
  ['localhost.', 'loopback'],
  ['a.localhost', 'loopback'],
  ['[::1]', 'loopback'],
  ['[0:0:0:0:0:0:0:1]', 'loopback'],
  ['[::ffff:127.0.0.1]', 'loopback'],
  ['[::ffff:7f00:1]', 'loopback'],
  ['[64:ff9b::127.0.0.1]', 'loopback'],
  ['[64:ff9b::10.0.0.1]', 'private'],
  ['[64:ff9b:1::10.0.0.1]', 'reserved'],
  ['[::127.0.0.1]', 'reserved'],
  ['[::]', 'reserved'],
  ['0.0.0.0', 'reserved'],
  ['0', 'reserved'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['[fc00::1]', 'private'],
  ['[fd12:3456::1]', 'private'],
  ['169.254.1.1', 'link_local'],
  ['[fe80::1]', 'link_local'],
  ['169.254.169.254', 'metadata'],
  ['0xa9fea9fe', 'metadata'],
  ['2852039166', 'metadata'],
  ['[::ffff:169.254.169.254]', 'metadata'],
  ['[64:ff9b::a9fe:a9fe]', 'metadata'],
  ['[fd00:ec2::254]', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['[fec0::1]', 'reserved'],
  ['[2002:7f00:1::]', 'reserved'],
  ['[2001::1]', 'reserved'],
  ['[2001:db8::1]', 'reserved'],
  ['[4000::1]', 'reserved'],
  ['[ff02::1]', 'reserved'],
  ['224.0.0.1', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['240.0.0.1', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['192.0.2.1', 'reserved'],
];

describe('a destination written into the URL', () => {
  const outbound = createOutbound({ allowPrivate: false, privateHosts: [] });

  it.each(NOTATIONS)('%s is refused as %s', (host, reason) => {
    expect(refusal(outbound, `https://${host}/token`)).toBe(reason);
  });

  it.each([
    'https://oauth2.googleapis.com/token',
    `https://${PUBLIC}/`,
    'https://[2606:4700::1111]/',
    'https://172.32.0.1/',
  ])('%s is allowed', (url) => {
    expect(refusal(outbound, url)).toBeNull();
  });

  it.each([
    ['http://provider.example/token', 'plain_http'],
    ['ftp://provider.example/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['not a url', 'scheme'],
    ['https://user:pass@provider.example/', 'credentials_in_url'],
    ['https://provider.example@evil.example/', 'credentials_in_url'],
  ])('%s is refused as %s', (url, reason) => {
    expect(refusal(outbound, url)).toBe(reason);
  });

  it('the refusal names the host and nothing of path, query or password', () => {
    expect(() => {
      outbound.assertAllowed('https://10.0.0.1/secret-path?token=secret-query');
    }).toThrow(/^outbound call to 10\.0\.0\.1 refused: private$/);
  });
});

describe('the agents, without assertAllowed', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', 'localhost', '127.1', '2130706433'])(
    'refuse %s before connecting',
    async (host) => {
      await expect(get(outboundTo({}, '127.0.0.1'), { host })).rejects.toMatchObject({ code: 'OUTBOUND_REFUSED' });
      expect(connections).toBe(0);
    },
  );

  it.each([['127.0.0.1'], ['10.0.0.1'], ['169.254.169.254'], ['::ffff:10.0.0.1'], [PUBLIC, '10.0.0.1']])(
    'refuse a name that resolves to %s',
    async (...addresses) => {
      const outbound = outboundTo({ privateHosts: [] }, ...addresses);
      const request = new Promise((_resolve, reject) => {
        // Over https, so that nothing but the address can be the reason.
        http
          .get({ host: 'rebind.example', port, protocol: 'https:', agent: outbound.agents.https })
          .once('error', reject);
      });
      await expect(request).rejects.toMatchObject({ code: 'OUTBOUND_REFUSED', host: 'rebind.example' });
      expect(connections).toBe(0);
    },
  );

  it('dial the address that was checked, and resolve a name once', async () => {
    let resolutions = 0;
    const addresses = ['127.0.0.1', '10.255.255.1'];
    const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] }, () => {
      resolutions += 1;
      return Promise.resolve([{ address: addresses[resolutions - 1] ?? '', family: 4 }]);
    });
    opened.push(outbound);
    expect(await get(outbound, { host: 'localhost' })).toBe('200');
    expect(resolutions).toBe(1);
  });

  it('refuse a name that turns bad only the second time', async () => {
    const answers = ['127.0.0.1', '10.0.0.1'];
    const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] }, () =>
      Promise.resolve([{ address: answers.shift() ?? '', family: 4 }]),
    );
    opened.push(outbound);
    expect(await get(outbound, { host: 'localhost', headers: { connection: 'close' } })).toBe('200');
    await expect(get(outbound, { host: 'localhost' })).rejects.toMatchObject({ reason: 'private' });
  });

  it('refuse a unix socket', async () => {
    await expect(get(outboundTo({ allowPrivate: true }), { socketPath: '/run/anything.sock' })).rejects.toMatchObject({
      code: 'OUTBOUND_REFUSED',
    });
  });

  it('keep a connection for the next call', async () => {
    const outbound = outboundTo({ allowPrivate: 'loopback' });
    await get(outbound, { host: '127.0.0.1' });
    await get(outbound, { host: '127.0.0.1' });
    expect(connections).toBe(1);
  });

  it('go direct, whatever proxy variables say', async () => {
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : 'http://127.0.0.1:9';
    try {
      expect(await get(outboundTo({ allowPrivate: 'loopback' }), { host: '127.0.0.1' })).toBe('200');
      expect(connections).toBe(1);
    } finally {
      names.forEach((name, i) => {
        if (before[i] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = before[i];
      });
    }
  });

  it('offer no way around certificate verification', () => {
    const { agents } = outboundTo({ allowPrivate: true });
    expect(agents.httpsAllowUnauthorized).toBe(agents.https);
    expect(agents.https.options.rejectUnauthorized).toBe(true);
  });
});

describe('allowPrivate', () => {
  it('loopback opens this machine, also over http, and nothing else', () => {
    const outbound = outboundTo({ allowPrivate: 'loopback' });
    expect(
      ['http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost:1', 'https://127.1'].map((u) => refusal(outbound, u)),
    ).toEqual([null, null, null, null]);
    expect(
      ['https://10.0.0.1', 'http://provider.example', `http://${PUBLIC}`].map((u) => refusal(outbound, u)),
    ).toEqual(['private', 'plain_http', 'plain_http']);
  });

  it('true opens private networks, but neither metadata nor link-local addresses', () => {
    const outbound = outboundTo({ allowPrivate: true });
    expect(['http://10.0.0.1', 'https://[fd12::1]', 'http://provider:4000'].map((u) => refusal(outbound, u))).toEqual([
      null,
      null,
      null,
    ]);
    expect(
      ['http://169.254.169.254', 'http://[fd00:ec2::254]', 'http://169.254.1.1'].map((u) => refusal(outbound, u)),
    ).toEqual(['metadata', 'metadata', 'link_local']);
  });

  it('true still refuses plain http to a name that turns out to be public', async () => {
    const outbound = outboundTo({ allowPrivate: true }, PUBLIC);
    await expect(get(outbound, { host: 'provider.example' })).rejects.toMatchObject({ reason: 'plain_http' });
  });
});

describe('privateHosts', () => {
  it.each([
    ['n8n.lan', 'http://n8n.lan/', null],
    ['N8N.lan.', 'https://n8n.LAN:5678/', null],
    ['n8n.lan:5678', 'http://n8n.lan:5678/', null],
    ['n8n.lan:5678', 'http://n8n.lan:5679/', 'plain_http'],
    ['n8n.lan:80', 'http://n8n.lan/', null],
    ['n8n.lan:80', 'http://n8n.lan:81/', 'plain_http'],
    ['n8n.lan', 'http://evil.n8n.lan/', 'plain_http'],
    ['10.0.0.7', 'http://10.0.0.7/', null],
    ['10.0.0.7', 'http://10.0.0.8/', 'private'],
    ['::1', 'http://[::1]:80/', null],
    ['[fd12::1]:443', 'https://[fd12:0::1]/', null],
    ['127.1', 'http://127.0.0.1/', null],
  ])('%s: %s → %s', (entry, url, reason) => {
    expect(refusal(outboundTo({ privateHosts: [entry] }), url)).toBe(reason);
  });

  it('are dialled at whatever address they have', async () => {
    expect(await get(outboundTo({ privateHosts: ['n8n.lan'] }, '127.0.0.1'), { host: 'n8n.lan' })).toBe('200');
    expect(connections).toBe(1);
  });
});
