'use strict';
const fs = require('node:fs');
const path = require('node:path');

/** See check.d.cts. */
async function gather({
  query,
  commands,
  told = 'outbox',
  lives = [],
  outages = [],
  spoolFolder,
  spooled = [],
  ...rest
}) {
  const ms = (column) => `extract(epoch from ${column})::float8 * 1000`;
  const attempts = await query(
    `select id, connection_id as "connectionId", generation, worker_number as "workerNumber", outcome, error_code as code,
            ${ms('started_at')} as "startedAt", ${ms('finished_at')} as "finishedAt" from refresh_attempts order by started_at`,
  );
  const events = await query(
    `select connection_id as "connectionId", type, ${ms('created_at')} as at from ${told} where connection_id is not null order by id`,
  );
  const sets = await query(`select connection_id as "connectionId", kind, generation from token_sets`);
  const audit = await query(
    `select connection_id as "connectionId", generation, process_id as "processId", sequence from audit`,
  );
  const journal = await commands.journal();
  return {
    ...{ attempts, events, sets, audit, lives, outages, spool: { seen: spooled, ...lyingIn(spoolFolder) } },
    journal: journal.map((call) => ({ ...call, granted: call.decided === 'granted' })),
    connections: await listConnections({ query, commands, ...rest }),
  };
}

async function listConnections({ query, commands, open, consentOf }) {
  const rows = await query(
    `select c.id, c.client_id as "clientId", c.service, c.status, c.status_reason as reason, c.generation,
            c.lease_until is not null as leased, coalesce(s.rotation, 'strict') as mode,
            t.access_sealed as access, t.refresh_sealed as refresh
       from connections c left join lateral otobot_service(c.organization_id, c.service) s on true
       left join token_sets t on t.connection_id = c.id and t.generation = c.generation and t.kind = 'current'`,
  );
  const stored = rows.filter(({ id }) => consentOf(id) !== undefined);
  const opened = stored.map((row) => (row.access === null ? { accessToken: '', refreshToken: '' } : open(row)));
  const verdicts = await commands.judge(opened);
  return stored.map(({ id, mode, status, reason, generation, leased }, n) => ({
    ...{ id, mode, status, reason, generation, leased, consent: consentOf(id) },
    ...{
      live: verdicts[n].refresh.live,
      refreshConsent: verdicts[n].refresh.consent,
      accessConsent: verdicts[n].access.consent,
    },
  }));
}

function lyingIn(folder) {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const count = (end) =>
    names.filter((name) => name.endsWith(end) && fs.statSync(path.join(folder, name)).size > 0).length;
  return { left: count('.spool'), aside: count('.aside') };
}

module.exports = { gather };
