import fs from 'node:fs';
import { Pool } from 'pg';
import { startEmbedded, type EmbeddedServer } from '../../src/db/embedded/start-embedded';
import { migrate } from '../../src/db/migrate';
import { sqlDirectory } from '../../src/db/migration-files';
import { enterMember, temporaryDataDir, type Member } from '../support/postgres-members';
import { silent } from '../support/broker';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';
import { addStrict, expectRotatedTokenIsThere } from './spool-scene';
import { startWorkerProcess } from './worker-processes';

/** A server of its own, which nobody brings back when it is killed. */
const { dataDir, remove } = temporaryDataDir();
let member: Member;
let server: EmbeddedServer | null = null;
let url: string;
let pool: Pool;
let scene: Scene;

beforeAll(async () => {
  member = await enterMember(dataDir);
  ({ url } = member);
  await migrate({ url, directory: sqlDirectory, log: silent });
  connect();
  const db = {
    get url() {
      return url;
    },
    query: <Row extends object>(text: string, values?: unknown[]) => pool.query<Row>(text, values),
    drop: () => pool.end(),
  };
  scene = await setScene({ db });
}, 60_000);
afterAll(async () => {
  await scene.close();
  await server?.release();
  await remove();
});

function connect(): void {
  pool = new Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
}

test('PostgreSQL killed between answer and commit, then the worker: started again, nothing is lost', async () => {
  const added = [await addStrict(scene), await addStrict(scene), await addStrict(scene)];
  const worker = await startWorkerProcess(scene);
  scene.provider.next({ delayMs: 500 }, added.length);
  await scene.db.query('update connections set next_refresh_at = otobot_now()');
  await scene.provider.received(added.length);
  await member.kill();
  process.kill(member.pid, 'SIGKILL');
  const spool = `${scene.dataDir}/spool`;
  const lines = (): number =>
    fs
      .readdirSync(spool)
      .reduce((sum, name) => sum + fs.readFileSync(`${spool}/${name}`, 'utf8').split('\n').length - 1, 0);
  await until('the answers are in the spool', () => lines() === added.length);
  await worker.kill();

  await pool.end();
  server = await startEmbedded({ dataDir });
  ({ url } = server);
  connect();
  const next = await startWorkerProcess(scene);
  for (const one of added) await expectRotatedTokenIsThere(scene, one);
  expect(scene.provider.calls).toHaveLength(added.length);
  await next.kill();
}, 60_000);
