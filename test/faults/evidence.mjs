import path from 'node:path';
import { fromBroker } from '../../bench/from-broker.mjs';
import { gather } from './check/gather.cjs';
import { readLives } from './workers.mjs';

const { tokenContext } = fromBroker('./dist/services/seal-contexts');

/** All that is known afterwards: the provider's journal, the database opened up, the spool, and what became of the processes. */
export function gatherEvidence({ stage, provider, workers, nemesis, rows, endpoints }) {
  const known = new Map(rows.map((row) => [row.id, row]));
  const { vault, database, dataDir } = stage;
  return gather({
    query: (text) => database.query({ text }),
    told: 'told',
    commands: { journal: () => provider.ask('journal'), judge: (tokens) => provider.ask('judge', tokens) },
    open: ({ id, generation, access, refresh }) => {
      const accessContext = tokenContext(known.get(id), 'access_token', generation);
      const refreshContext = tokenContext(known.get(id), 'refresh_token', generation, endpoints);
      return {
        accessToken: vault.open('access', accessContext, access).toString(),
        refreshToken: vault.open('refresh', refreshContext, refresh).toString(),
      };
    },
    consentOf: (id) => known.get(id)?.consent,
    ...{ spoolFolder: path.join(dataDir, 'spool'), spooled: [...workers.spooled()] },
    ...{ lives: readLives(workers.lives), outages: nemesis.outages },
  });
}
