import { randomBytes, randomUUID } from 'node:crypto';
import { fromBroker } from '../from-broker.mjs';

const { appContext, tokenContext } = fromBroker('./dist/services/seal-contexts');

const TOKEN_BYTES = 2_048;
const CHUNK = 2_000;

/** `connections` spread evenly over `apps`, each app with a service of its own at one token endpoint; nothing is due yet. */
export async function storeDueConnections(stage, { apps, connections, tokenUrl, tokenBytes = TOKEN_BYTES }) {
  const reaches = await storeApps(stage, { apps, tokenUrl });
  await storeConnections(stage, { reaches, connections, tokenUrl, tokenBytes });
}

/** Apps, each with a service of its own. */
export async function storeApps({ database, organizationId, vault }, { apps, tokenUrl }) {
  const reaches = Array.from({ length: apps }, () => ({ id: randomUUID(), service: `bench-${randomUUID()}` }));
  const services = reaches.map(({ service }) => service);
  await database.query({
    text: `insert into services (name, display_name, oauth_type, oauth_token_url, max_per_minute) select s, s, 'oauth2', $2, 1000000 from unnest($1::text[]) s`,
    values: [services, tokenUrl],
  });
  const sealed = reaches.map(({ id, service }) =>
    vault.seal(
      'refresh',
      appContext({ id, organizationId, clientId: null, service }, endpointsOf(tokenUrl)),
      '["bench-secret"]',
    ),
  );
  await database.query({
    text: `insert into apps (id, organization_id, service, oauth_client_id, client_secrets_sealed, client_secrets_key_version)
           select id, $1, s, 'bench-app', sealed, version from unnest($2::uuid[], $3::text[], $4::bytea[], $5::int[]) as i (id, s, sealed, version)`,
    values: [
      organizationId,
      reaches.map(({ id }) => id),
      services,
      sealed.map(({ record }) => record),
      sealed.map(({ keyVersion }) => keyVersion),
    ],
  });
  return reaches;
}

/** `connections` spread evenly over the apps, with tokens sealed for them as the broker does it; due when `dueAt`, in SQL, says so. */
export async function storeConnections(stage, { reaches, connections, tokenUrl, tokenBytes, dueAt = 'null' }) {
  for (let from = 0; from < connections; from += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, connections - from) }, (_, index) =>
      connectionOf(stage, reaches[(from + index) % reaches.length], { tokenUrl, tokenBytes }),
    );
    await storeChunk(stage, rows, dueAt);
  }
}

function connectionOf({ organizationId, vault }, { id: appId, service }, { tokenUrl, tokenBytes }) {
  const id = randomUUID();
  const owner = { id, organizationId, clientId: `due-${id}`, service };
  const token = randomBytes(tokenBytes).toString('base64url').slice(0, tokenBytes);
  const access = vault.seal('access', tokenContext(owner, 'access_token', 1), token);
  const refreshContext = tokenContext(owner, 'refresh_token', 1, endpointsOf(tokenUrl));
  return { ...owner, appId, access, refresh: vault.seal('refresh', refreshContext, randomUUID()) };
}

const endpointsOf = (tokenUrl) => ({ tokenUrl, refreshUrl: null });

async function storeChunk({ database, organizationId }, rows, dueAt) {
  const all = (pick) => rows.map(pick);
  const clientIds = all(({ clientId }) => clientId);
  const ids = all(({ id }) => id);
  await database.query({
    text: `insert into clients (organization_id, client_id, name) select $1, c, c from unnest($2::text[]) c`,
    values: [organizationId, clientIds],
  });
  await database.query({
    text: `insert into connections (id, organization_id, client_id, service, kind, app_id, generation, next_refresh_at)
           select id, $1, c, s, 'oauth2', app, 1, ${dueAt} from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[]) as i (id, c, s, app)`,
    values: [organizationId, ids, clientIds, all(({ service }) => service), all(({ appId }) => appId)],
  });
  await database.query({
    text: `insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version,
                                   refresh_sealed, refresh_key_version, token_type, expires_at, lifetime_seconds)
           select $1, id, 1, 'current', a, av, r, rv, 'Bearer', otobot_now() + interval '1 hour', 3600
             from unnest($2::uuid[], $3::bytea[], $4::int[], $5::bytea[], $6::int[]) as i (id, a, av, r, rv)`,
    values: [
      ...[organizationId, ids],
      ...[all(({ access }) => access.record), all(({ access }) => access.keyVersion)],
      ...[all(({ refresh }) => refresh.record), all(({ refresh }) => refresh.keyVersion)],
    ],
  });
}
