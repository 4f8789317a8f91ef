import net from 'node:net';
import type { Listening } from '../../src/http/listen';
import { serveHttp } from '../../src/http/serve';
import type { RequestRecord } from '../../src/log/logger';
import { setStage, storeConnection, storeKey, type Stage } from '../serving/stored';
import { call, silent } from '../support/broker';
import { until } from '../support/until';

/** So few places that whoever keeps one after he has hung up keeps somebody else out. */
const PLACES = 3;

let stage: Stage;
let listening: Listening;
let url: string;
let key: string;
const records: RequestRecord[] = [];
/** While it is closed, releases wait. */
let gate: { opened: Promise<void>; open(): void };
let released = 0;

beforeAll(async () => {
  stage = await setStage();
  const [{ broker }] = stage.brokers;
  const { readRemembered } = broker;
  openGate();
  listening = await serveHttp({
    broker: {
      ...broker,
      readRemembered: {
        find: (...given) => readRemembered.find(...given),
        release: async (...given) => {
          const may = await readRemembered.release(...given);
          released++;
          await gate.opened;
          return may;
        },
      },
    },
    config: { host: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1', trustProxy: 0, rateLimitPerMinute: 100_000 },
    log: { ...silent, request: (record) => records.push(record) },
    share: () => 1,
    door: { places: PLACES, openPlaces: PLACES },
  });
  url = `http://127.0.0.1:${listening.port}`;
  ({ key } = await storeKey(stage));
  await storeConnection(stage, 'acme', 'token-of-acme');
  for (let n = 0; n < 2; n++) expect((await read()).status).toBe(200);
});
afterAll(async () => {
  await listening.close();
  await stage.close();
});

function closeGate(): void {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  gate = { opened, open };
}
function openGate(): void {
  gate = { opened: Promise.resolve(), open: () => undefined };
}

const read = () => call(`${url}/v1/credentials/acme/crm`, { key });
const GET = () => `GET /v1/credentials/acme/crm HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n\r\n`;
const POST = (path: string, type: string, ...headers: string[]) =>
  [`POST ${path} HTTP/1.1`, 'Host: a', `Content-Type: ${type}`, 'Content-Length: 100', ...headers, '', ''].join('\r\n');

function hold(bytes: string): net.Socket {
  const socket = net.connect(listening.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(bytes);
  return socket;
}

/** All places are free again. */
async function expectRoom(): Promise<void> {
  const answers = await Promise.all(Array.from({ length: PLACES }, read));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: PLACES }, () => 200));
}

test('whoever hangs up with answers behind an answer on his connection leaves their places too, and each has its line', async () => {
  closeGate();
  const before = released;
  const socket = hold(GET().repeat(PLACES));
  await until('all are read for', () => released === before + PLACES);
  const ended = records.length;
  socket.resetAndDestroy();
  await until('each has its line', () => records.length === ended + PLACES);
  expect(records.slice(ended).every(({ finished }) => !finished)).toBe(true);
  gate.open();
  openGate();
  await expectRoom();
});

test('whoever announces a grant, and hangs up in place of sending it, leaves his place', async () => {
  const ended = records.length;
  const announced = POST('/v1/grants', 'application/json', `Authorization: Bearer ${key}`);
  const sockets = Array.from({ length: PLACES }, () => hold(announced));
  await until('all places are taken', async () => (await fetch(`${url}/v1/whoami`)).status === 503);
  for (const socket of sockets) socket.resetAndDestroy();
  await until('they are gone', () => records.length >= ended + PLACES);
  await expectRoom();
});

test('strangers whose bodies do not come at the token endpoint keep nobody from reading', async () => {
  const form = POST('/oauth2/token', 'application/x-www-form-urlencoded');
  const sockets = Array.from({ length: 3 * PLACES }, () => hold(form));
  const token = () => fetch(`${url}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ a: 'b' }) });
  await until('they have taken all that they get', async () => (await token()).status === 503);
  await expectRoom();
  for (const socket of sockets) socket.resetAndDestroy();
  await until('they are gone', async () => (await token()).status === 401);
});
