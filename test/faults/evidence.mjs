import { fromBroker } from '../../bench/from-broker.mjs';
import { readLives } from './workers.mjs';

const { tokenContext } = fromBroker('./dist/services/seal-contexts');

/** All that is known afterwards: the provider's journal, the database opened up, and what became of the processes. */
export async function gather({ stage, provider, workers, nemesis, rows, endpoints }) {
  const ms = (column) => `extract(epoch from ${column})::float8 * 1000`;
  const query = (text) => stage.database.query({ text });
  const attempts = await query(
    `select connection_id as "connectionId", generation, worker_number as "workerNumber", outcome, error_code as code,
            ${ms('started_at')} as "startedAt", ${ms('finished_at')} as "finishedAt" from refresh_attempts order by started_at`,
  );
  const events = await query(
    `select connection_id as "connectionId", type, ${ms('created_at')} as at from outbox where connection_id is not null order by id`,
  );
  const sets = await query(`select connection_id as "connectionId", kind, generation from token_sets`);
  const connections = await listConnections(stage, rows, endpoints);
  const verdicts = await provider.ask('judge', connections);
  const calls = await provider.ask('journal');
  return {
    ...{ attempts, events, sets, lives: readLives(workers.lives), outages: nemesis.outages },
    journal: calls.map((call) => ({ ...call, granted: call.decided === 'granted' })),
    connections: connections.map((connection, n) => ({
      ...connection,
      live: verdicts[n].refresh.live,
      refreshConsent: verdicts[n].refresh.consent,
      accessConsent: verdicts[n].access.consent,
    })),
  };
}

async function listConnections({ database, vault }, rows, endpoints) {
  const stored = await database.query({
    text: `select c.id, c.status, c.status_reason as reason, c.generation, c.lease_until is not null as leased,
                  t.access_sealed as access, t.refresh_sealed as refresh
             from connections c left join token_sets t on t.connection_id = c.id and t.generation = c.generation and t.kind = 'current'`,
  });
  const known = new Map(rows.map((row) => [row.id, row]));
  return stored.map(({ access, refresh, ...connection }) => {
    const row = known.get(connection.id);
    const accessContext = tokenContext(row, 'access_token', connection.generation);
    const refreshContext = tokenContext(row, 'refresh_token', connection.generation, endpoints);
    return {
      ...{ ...connection, mode: row.mode, consent: row.consent },
      accessToken: vault.open('access', accessContext, access).toString(),
      refreshToken: vault.open('refresh', refreshContext, refresh).toString(),
    };
  });
}
