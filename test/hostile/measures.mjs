import fs from 'node:fs';
import path from 'node:path';
import { fromBroker } from '../../bench/from-broker.mjs';

const pg = fromBroker('pg');
const { runningServer } = fromBroker('./dist/db/embedded/running');

/** What the broker holds now: memory and descriptors of its process, rows and bytes in its database. */
export async function measure({ pid, dataDir }) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const residentBytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) * 1_024;
  const descriptors = fs.readdirSync(`/proc/${pid}/fd`).length;
  return { residentBytes, descriptors, ...(await measureDatabase(dataDir)) };
}

/** How many rows say that something was released to this key. */
export async function countReleased({ dataDir }, keyId) {
  const rows = await ask(
    dataDir,
    `select count(*)::int as count from audit where code = 'released' and actor = 'key:' || $1`,
    [keyId],
  );
  return rows[0].count;
}

async function measureDatabase(dataDir) {
  const [sizes] = await ask(
    dataDir,
    `select (select count(*) from audit where code <> 'released')::int as "refusedRows",
            (select sum(pg_total_relation_size(oid)) from pg_class
              where relkind in ('r', 'm') and relnamespace = 'public'::regnamespace and relname !~ '^audit')::int as "otherBytes"`,
  );
  return sizes;
}

async function ask(dataDir, text, values = []) {
  const password = fs.readFileSync(path.join(dataDir, 'postgres.password'), 'utf8');
  const { port } = runningServer(path.join(dataDir, 'postgres', 'data'));
  const client = new pg.Client(`postgres://otobot:${password}@127.0.0.1:${port}/otobot`);
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}
