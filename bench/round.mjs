/**
 * One round, its connections shared out among `servers`, with the processor time that their processes, and PostgreSQL for them, took for a
 * request: what others do on the machine moves it least. `database`: the installation, where PostgreSQL's share is asked for.
 */
export async function measureRound({ servers, database, load, asked, kind, options }) {
  const startedAt = performance.now();
  const before = await usages({ servers, load, database });
  const each = { ...asked, ...options, connections: asked.connections / servers.length };
  const results = await Promise.all(servers.map(({ ready }) => load.ask(kind, { port: ready.port, ...each })));
  const after = await usages({ servers, load, database });
  const failed = sum(results.map((result) => result.failed));
  if (failed > 0) throw new Error(`${failed} requests failed: these figures would mean nothing`);
  const answered = sum(results.map((result) => result.answered));
  return {
    ...results[0],
    ...{ answered, perSecond: sum(results.map((result) => result.perSecond)) },
    cpuMicroseconds: (after.servers - before.servers) / answered,
    // Only Linux tells it.
    serverMicroseconds: after.database === null ? null : (after.database - before.database) / answered,
    loadBusy: (after.load - before.load) / ((performance.now() - startedAt) * 1_000),
  };
}

async function usages({ servers, load, database }) {
  const of = async (started) => (await started.ask('usage')).cpuMicroseconds;
  return {
    servers: sum(await Promise.all(servers.map(of))),
    load: await of(load),
    database: (await database?.ask('serverCpu')) ?? null,
  };
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
