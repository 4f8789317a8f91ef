import { execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { until } from '../support/until';
import { createInstallation, type Installation } from './installation';
import type { Program } from './program';
import { exchange, request, type RawAnswer } from './raw';

let installation: Installation;
let proxy: DatabaseProxy;
let program: Program;
let key: string;
const sockets = new Set<Socket>();

beforeAll(async () => {
  installation = createInstallation();
  key = (await installation.start('start')).accessKey ?? '';
  proxy = await startDatabaseProxy(installation.databaseUrl());
  program = await installation.start('serve', { DATABASE_URL: proxy.url, RATE_LIMIT_PER_MINUTE: '1000000' });
}, 60_000);
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await proxy.close();
  await installation.remove();
});

const CONNECTIONS = 2_000;
const bearer = (): string => `Authorization: Bearer ${key}`;
const get = (path: string): Promise<RawAnswer> => exchange(program.url, request('GET', path, [bearer()]));

/** So many connections of which each asks again as soon as it has heard something, as impatient clients do. */
function crowd(count: number): { statuses: Record<string, number> } {
  const statuses: Record<string, number> = {};
  const bytes = `GET /v1/clients HTTP/1.1\r\nHost: otobot\r\n${bearer()}\r\n\r\n`;
  const { hostname, port } = new URL(program.url);
  for (let n = 0; n < count; n += 1) {
    const socket = connect(Number(port), hostname);
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1')) ?? [];
      if (status === undefined) return; // the rest of an answer
      statuses[status] = (statuses[status] ?? 0) + 1;
      setTimeout(() => socket.write(bytes), 500);
    });
    socket.write(bytes);
  }
  return { statuses };
}

test('2,000 connections on a database that answers nothing: most hear 503 at once, memory stays, /health answers, and 5 s later all is well', async () => {
  expect((await get('/v1/clients')).status).toBe(200);
  proxy.hang();
  const { statuses } = crowd(CONNECTIONS);
  await until('many were turned away', () => (statuses['503'] ?? 0) >= CONNECTIONS, 60_000);
  const early = residentBytes();
  const more = (statuses['503'] ?? 0) + 2 * CONNECTIONS;
  await until('they have asked twice more', () => (statuses['503'] ?? 0) >= more, 60_000);
  expect(residentBytes() - early).toBeLessThan(100 * 1024 * 1024);
  expect((await get('/health')).status).toBe(200);
  expect((await get('/ready')).status).toBe(503);
  expect(Object.keys(statuses)).toEqual(['503']);

  proxy.mend();
  for (const socket of sockets) socket.destroy();
  await until('it serves', async () => (await get('/v1/clients')).status === 200, 5_000);
  const told = program
    .stderr()
    .split('\n')
    .filter((line) => line.includes('turned away'));
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(120); // one a second, whatever their number
}, 150_000);

function residentBytes(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(program.pid)], { encoding: 'utf8' })) * 1024;
}
