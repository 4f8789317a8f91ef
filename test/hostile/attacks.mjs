import { randomBytes, randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A few addresses of this machine, so that one that is limited does not speak for all. */
const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const SLOW_MS = 20_000;
const one = (list) => list[randomInt(list.length)];

/** Each does one hostile thing on a connection of its own, and ends when that is over. `send` gives the bytes and reads what comes. */
export const ATTACKS = {
  'a forged key': ({ send }) => send(get('/v1/whoami', [`Authorization: Bearer ${forgedKey()}`])),
  'the id of a real key': ({ send, rude }) =>
    send(get('/v1/whoami', [`Authorization: Bearer otb_live_${rude.id}_${'A'.repeat(43)}000000`])),
  'no key, other clients': ({ send }) => send(get(`/v1/credentials/c${randomInt(1e9)}/s${randomInt(1e9)}`, [])),
  'ids that are none, with a key': ({ send, rude }) =>
    send(get(`/v1/credentials/c${randomInt(1e9)}/s${randomInt(1e9)}`, [bearer(rude)])),
  'links that are none': ({ send }) => send(get(`/connect/${randomBytes(24).toString('base64url')}`, [])),
  'callbacks of nobody': ({ send }) =>
    send(get(`/oauth/callback/crm?state=${randomBytes(16).toString('hex')}&code=x`, [])),
  'headers of 1 MB': ({ send }) => send(get('/v1/whoami', [`X-H: ${'a'.repeat(1_000_000)}`])),
  '2,000 headers': ({ send }) =>
    send(
      get(
        '/v1/whoami',
        Array.from({ length: 2_000 }, (_, n) => `X${n}: a`),
      ),
    ),
  'a URL of 15 KB': ({ send }) => send(get(`/v1/${'a'.repeat(15_000)}`, [])),
  'a body of 1 MB': ({ send, rude }) => send(post('{"name":"', bearer(rude), 'a'.repeat(1_000_000))),
  'JSON 30,000 deep': ({ send, rude }) => send(post('['.repeat(30_000), bearer(rude))),
  'a prototype in the body': ({ send, rude }) =>
    send(post('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}', bearer(rude))),
  noise: ({ send }) => send(randomBytes(randomInt(1, 4_000))),
  'requests sent ahead': ({ send }) => send(Buffer.concat(Array(200).fill(get('/v1/whoami', [], true)))),
  'a reset in mid-answer': async ({ send, rude }) =>
    send(get('/v1/credentials/acme/crm', [bearer(rude)]), { resetAfterBytes: 200 }),
  'a reset at once': ({ send, rude }) => send(get('/v1/credentials/acme/crm', [bearer(rude)]), { resetAfterBytes: 0 }),
  'lines for the log': ({ send }) =>
    send(
      get('/v1/whoami', [
        'User-Agent: a\x9b2J\xe2\x80\xa8{"level":"error","message":"forged"}',
        'X-Forwarded-For: ::1%0a',
      ]),
    ),
  'headers, a byte at a time': ({ drip }) => drip('GET /v1/whoami HTTP/1.1\r\nHost: otobot\r\nX-H: '),
  'a body, a byte at a time': ({ drip, rude }) =>
    drip(
      `POST /v1/clients HTTP/1.1\r\nHost: otobot\r\n${bearer(rude)}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n`,
    ),
  'chunks without end': ({ drip }) =>
    drip('POST /connect/x HTTP/1.1\r\nHost: otobot\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\na\r\n'),
  'nothing at all': ({ drip }) => drip('', ''),
};

const bearer = ({ key }) => `Authorization: Bearer ${key}`;
const forgedKey = () => `otb_live_${randomBytes(8).toString('hex')}_${randomBytes(30).toString('hex')}`;
const get = (path, headers, keep = false) =>
  Buffer.from(
    [`GET ${path} HTTP/1.1`, 'Host: otobot', ...(keep ? [] : ['Connection: close']), ...headers, '', ''].join('\r\n'),
    'latin1',
  );
const post = (body, authorization, more = '') => {
  const lines = ['POST /v1/clients HTTP/1.1', 'Host: otobot', 'Connection: close', authorization];
  const length = `Content-Length: ${body.length + more.length}`;
  return Buffer.from([...lines, 'Content-Type: application/json', length, '', body + more].join('\r\n'), 'latin1');
};

/** Goes on with every attack, `each` at a time, until it is stopped. Counts what was done and what came back, by status. */
export function startAttacks({ port, rude }, each = 2) {
  const done = {};
  const sockets = new Set();
  let stopped = false;

  const open = (name) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: one(ADDRESSES) });
    sockets.add(socket);
    const heard = { text: '' };
    socket.on('error', () => undefined); // being cut off is what is to be expected
    socket.on('data', (data) => (heard.text = (heard.text + data.toString('latin1')).slice(0, 100)));
    const closed = new Promise((resolve) => socket.once('close', resolve)).then(() => {
      sockets.delete(socket);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(heard.text)?.[1] ?? 'cut off';
      const counts = (done[name] ??= {});
      counts[status] = (counts[status] ?? 0) + 1;
    });
    return { socket, heard, closed };
  };
  const ways = (name) => ({
    rude,
    send: async (bytes, { resetAfterBytes } = {}) => {
      const { socket, closed } = open(name);
      socket.write(bytes);
      if (resetAfterBytes === 0) setTimeout(() => socket.resetAndDestroy(), 2);
      else if (resetAfterBytes !== undefined) socket.once('data', () => socket.resetAndDestroy());
      const timer = setTimeout(() => socket.destroy(), SLOW_MS);
      await closed;
      clearTimeout(timer);
    },
    drip: async (start, drop = 'a') => {
      const { socket, closed } = open(name);
      socket.write(start);
      const timer = setInterval(() => drop !== '' && socket.write(drop), 1_000);
      const over = setTimeout(() => socket.destroy(), SLOW_MS);
      await closed;
      clearInterval(timer);
      clearTimeout(over);
    },
  });
  const running = Object.entries(ATTACKS).flatMap(([name, attack]) =>
    Array.from({ length: each }, async () => {
      while (!stopped) {
        await attack(ways(name));
        await delay(randomInt(20, 60));
      }
    }),
  );
  return {
    done,
    stop: async () => {
      stopped = true;
      for (const socket of sockets) socket.destroy();
      await Promise.all(running);
    },
  };
}
