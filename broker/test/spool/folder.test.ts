import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  adoptFile,
  appendEntries,
  keepAside,
  listSpoolFiles,
  openSpoolFolder,
  ownFile,
  readEntries,
  removeFile,
  type SpoolFile,
} from '../../src/spool/folder';

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-spool-'));
const folder = openSpoolFolder(dataDir);
afterAll(() => {
  fs.rmSync(dataDir, { recursive: true });
});
const read = async (file: SpoolFile): Promise<string[]> => (await readEntries(folder, file)).payloads;

test('entries are appended, read and removed; the file is for its owner alone', async () => {
  const file = ownFile(randomUUID());
  await appendEntries(folder, file, ['{"a":1}', '{"b":2}']);
  await appendEntries(folder, file, ['{"c":3}']);
  expect(await read(file)).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  expect(await listSpoolFiles(folder)).toEqual([file]);
  expect(fs.statSync(path.join(folder.path, file.name)).mode & 0o777).toBe(0o600);
  await removeFile(folder, file);
  await removeFile(folder, file);
  expect(await listSpoolFiles(folder)).toEqual([]);
});

test('of several who adopt a file at once one gets it', async () => {
  const file = ownFile(randomUUID());
  await appendEntries(folder, file, ['{}']);
  const owners = Array.from({ length: 8 }, () => randomUUID());
  const adopted = (await Promise.all(owners.map((owner) => adoptFile(folder, file, owner)))).filter(Boolean);
  expect(adopted).toHaveLength(1);
  expect(await listSpoolFiles(folder)).toEqual(adopted);
  for (const one of adopted) if (one !== null) await removeFile(folder, one);
});

test('what is written while the file is being adopted is in a new one, where its owner looks', async () => {
  const file = ownFile(randomUUID());
  // So much that writing it takes a while.
  const payload = JSON.stringify('x'.repeat(32 * 1_024 * 1_024));
  const appending = appendEntries(folder, file, [payload]);
  let adopted: SpoolFile | null = null;
  while (adopted === null) adopted = await adoptFile(folder, file, randomUUID());
  await appending;
  expect((await read(file)).map(({ length }) => length)).toEqual([payload.length]);
  await removeFile(folder, adopted);
  await removeFile(folder, file);
});

test('what was kept aside is tried once more when it is renamed', async () => {
  const aside = await keepAside(folder, ['{"a":1}'], [Buffer.from('otobot-spool-2 later')]);
  expect(await listSpoolFiles(folder)).toEqual([]);
  fs.renameSync(aside, aside.replace(/aside$/, 'spool'));
  const [file] = await listSpoolFiles(folder);
  expect(file && (await readEntries(folder, file))).toEqual({
    payloads: ['{"a":1}'],
    torn: false,
    unreadable: [Buffer.from('otobot-spool-2 later')],
  });
});
