// A PostgreSQL for n8n, of the kind that the broker brings; n8n does not support its queue mode on SQLite.
import { createRequire } from 'node:module';
import path from 'node:path';

/** @returns `{settings, rows(), stop()}`: the settings by which n8n finds it, and every row of every table as text */
export async function startPostgres(root, folder) {
  const fromBroker = createRequire(path.join(root, 'broker', 'package.json'));
  const { startEmbedded } = fromBroker('./dist/db/embedded/start-embedded');
  const { Client } = fromBroker('pg');
  const server = await startEmbedded({ dataDir: folder });
  const { hostname, port, username, password, pathname } = new URL(server.url);
  const settings = {
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: hostname,
    DB_POSTGRESDB_PORT: port,
    DB_POSTGRESDB_USER: username,
    DB_POSTGRESDB_PASSWORD: password,
    DB_POSTGRESDB_DATABASE: pathname.slice(1),
  };
  return { settings, rows: () => allRows(new Client({ connectionString: server.url })), stop: () => server.release() };
}

async function allRows(client) {
  await client.connect();
  try {
    const { rows: tables } = await client.query(`select table_name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`);
    let text = '';
    for (const { table_name: table } of tables) {
      const { rows } = await client.query(`select to_jsonb(t)::text as row from "${table}" t`);
      text += rows.map(({ row }) => `${table} ${row}\n`).join('');
    }
    return text;
  } finally {
    await client.end();
  }
}
