import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../broker/src/db/embedded/start-embedded';
import { migrate } from '../../broker/src/db/migrate';
import { sqlDirectory } from '../../broker/src/db/migration-files';
import { run } from './installation';

test('the embedded server of the broker is found by its data folder while it runs, and missed when it is stopped', async () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'otobot-monitor-'));
  const environment = { OTOBOT_DATA_DIR: dataDir };
  const server = await startEmbedded({ dataDir, settings: { fsync: 'off' } });
  try {
    await migrate({ url: server.url, directory: sqlDirectory, log: { info: () => undefined } });
    const found = await run('', [], { environment });
    expect(found).toMatchObject({ code: 0, out: expect.stringMatching(/^OK: there is no connection yet\n/) as string });
  } finally {
    await server.release();
  }
  const missed = await run('', [], { environment });
  rmSync(dataDir, { recursive: true });
  expect(missed).toMatchObject({ code: 3, out: expect.stringContaining('npm start') as string });
});
