import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Writable } from 'node:stream';
import { createLogger, type RequestRecord } from '../../src/log/logger';
import { until } from '../support/until';

const RECORD: RequestRecord = {
  requestId: '6f2b0a52-3c1f-4f3a-9b52-0d3f4a5b6c7d',
  method: 'GET',
  route: '/v1/whoami',
  status: 200,
  finished: true,
  durationMs: 1.5,
  address: '127.0.0.1',
};

/** A stream that keeps what it is given, one entry for each write. */
function recorder(): { stream: Writable; writes: string[] } {
  const writes: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.toString());
      done();
    },
  });
  return { stream, writes };
}

test('a request is recorded with the members, and in the form, of every other line', async () => {
  const { stream, writes } = recorder();
  const log = createLogger('info', stream);
  log.request({ ...RECORD, address: null });
  log.info('request', { ...RECORD, address: null });
  await until('both are written', () => writes.length === 2);
  const [made, winstons] = writes.map((line) => line.replace(/"timestamp":"[^"]+"/, ''));
  expect(made).toBe(winstons);
  expect(writes[0]).toMatch(/"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"\}\n$/);
});

test('the requests of one turn are one write, and other lines keep their place among them', async () => {
  const { stream, writes } = recorder();
  const log = createLogger('info', stream);
  log.request(RECORD);
  log.request(RECORD);
  log.warn('in between');
  log.request(RECORD);
  await until('all are written', () => writes.length === 3);
  expect(writes.map((text) => text.split('\n').length - 1)).toEqual([2, 1, 1]);
});

test('no request is recorded above its level', () => {
  const { stream, writes } = recorder();
  createLogger('warn', stream).request(RECORD);
  expect(writes).toEqual([]);
});

test('what an address may hold breaks no line', async () => {
  const { stream, writes } = recorder();
  createLogger('info', stream).request({ ...RECORD, address: 'fe80::1%"\n\u2028' });
  await until('it is written', () => writes.length === 1);
  expect(writes[0]?.split('\n')).toHaveLength(2);
  expect(JSON.parse(writes[0] ?? '')).toMatchObject({ address: 'fe80::1%"\n\u2028' });
});

test('a process that ends in the same turn has written its lines', () => {
  const program = `
    const { createLogger } = require(${JSON.stringify(path.resolve(__dirname, '../../src/log/logger.ts'))});
    createLogger('info').request(${JSON.stringify(RECORD)});
    process.exit(3);`;
  const typescript = path.resolve(__dirname, '../support/run-typescript.cjs');
  const { stderr, status } = spawnSync(process.execPath, ['-r', typescript, '-e', program], { encoding: 'utf8' });
  expect({ status, lines: stderr.trim().split('\n').length }).toEqual({ status: 3, lines: 1 });
  expect(JSON.parse(stderr)).toMatchObject({ message: 'request', requestId: RECORD.requestId });
});

test('a reader of the log that stands still costs bounded memory, and is told how many lines it missed', async () => {
  const goOn: (() => void)[] = [];
  const writes: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.toString());
      goOn.push(done);
    },
  });
  const log = createLogger('info', stream);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (let turns = 0; turns < 60; turns++) {
    for (let lines = 0; lines < 1_000; lines++) log.request(RECORD);
    await turn();
  }
  const ofOneTurn = writes[0]?.length ?? 0;
  expect(stream.writableLength).toBeLessThan(4 * 1024 * 1024 + 2 * ofOneTurn);
  const drain = setInterval(() => goOn.splice(0).forEach((done) => done()), 1);
  await until('the reader has caught up', () => stream.writableLength === 0);
  log.request(RECORD);
  await until('it is told', () => writes.join('').includes('requestsNotWritten'));
  clearInterval(drain);
  const { requestsNotWritten } = JSON.parse(
    writes
      .join('')
      .split('\n')
      .find((line) => line.includes('NotWritten')) ?? '',
  ) as { requestsNotWritten: number };
  expect(writes.join('').split('"message":"request"').length - 1 + requestsNotWritten).toBe(60_001);
});
