import { randomUUID } from 'node:crypto';
import { fromBroker } from '../../bench/from-broker.mjs';
import { CLIENT } from './provider.mjs';

const { appContext, tokenContext } = fromBroker('./dist/services/seal-contexts');

/** As Atlassian's. */
const GRACE_SECONDS = 600;
const LIFETIME = { expiresIn: 20 };
/** What the provider does with refresh tokens, by what a service says of its rotation. */
const MODES = {
  none: ['no-rotation', LIFETIME],
  grace: ['rotate-with-grace', { graceMs: GRACE_SECONDS * 1_000 }, LIFETIME],
  strict: ['rotate-single-use', LIFETIME],
};
/** Services, each with an app, per mode: a worker has 32 calls at once for each app. */
const SERVICES_PER_MODE = 3;
/** They become due spread over this time, and again and again after it. */
const SPREAD_SECONDS = 9;

/** `count` connections spread over all modes, each with tokens that the provider knows; the first falls due at once. */
export async function storeConnections(stage, provider, count) {
  const endpoints = { tokenUrl: provider.tokenUrl, refreshUrl: null };
  const reaches = Object.keys(MODES).flatMap((mode) =>
    Array.from({ length: SERVICES_PER_MODE }, (_, n) => ({ mode, service: `${mode}-${n}`, appId: randomUUID() })),
  );
  for (const reach of reaches) await storeReach(stage, reach, endpoints);
  const reachOf = (n) => reaches[n % reaches.length];
  const consents = Array.from({ length: count }, (_, n) => ({ mode: MODES[reachOf(n).mode] }));
  const issued = await provider.ask('issue', consents);
  const { organizationId } = stage;
  const rows = issued.map(({ consent }, n) => ({
    ...{ id: randomUUID(), organizationId, clientId: `client-${n}`, consent, tenant: null },
    ...reachOf(n),
  }));
  await storeRows(
    stage,
    rows.map((row, n) => sealed(stage, row, issued[n], endpoints)),
  );
  return { rows, endpoints };
}

async function storeReach({ database, vault, organizationId }, { mode, service, appId }, endpoints) {
  await database.query({
    text: `insert into services (name, display_name, oauth_type, oauth_token_url, rotation, grace_seconds) values ($1, $1, 'oauth2', $2, $3, $4)`,
    values: [service, endpoints.tokenUrl, mode, mode === 'grace' ? GRACE_SECONDS : null],
  });
  const context = appContext({ id: appId, organizationId, clientId: null, service }, endpoints);
  const { record, keyVersion } = vault.seal('refresh', context, JSON.stringify([CLIENT.secret]));
  await database.query({
    text: `insert into apps (id, organization_id, service, oauth_client_id, client_secrets_sealed, client_secrets_key_version)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [appId, organizationId, service, CLIENT.id, record, keyVersion],
  });
}

function sealed({ vault }, row, { accessToken, refreshToken }, endpoints) {
  const access = vault.seal('access', tokenContext(row, 'access_token', 1), accessToken);
  const refresh = vault.seal('refresh', tokenContext(row, 'refresh_token', 1, endpoints), refreshToken);
  return { ...row, access, refresh };
}

async function storeRows({ database, organizationId }, rows) {
  const all = (pick) => rows.map(pick);
  const ids = all(({ id }) => id);
  const clientIds = all(({ clientId }) => clientId);
  await database.query({
    text: `insert into clients (organization_id, client_id, name) select $1, c, c from unnest($2::text[]) c`,
    values: [organizationId, clientIds],
  });
  await database.query({
    text: `insert into connections (id, organization_id, client_id, service, kind, app_id, generation)
           select id, $1, c, s, 'oauth2', app, 1 from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[]) as i (id, c, s, app)`,
    values: [organizationId, ids, clientIds, all(({ service }) => service), all(({ appId }) => appId)],
  });
  await database.query({
    text: `insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version,
                                   refresh_sealed, refresh_key_version, token_type, expires_at, lifetime_seconds)
           select $1, id, 1, 'current', a, av, r, rv, 'Bearer', otobot_now() + interval '20 seconds', 20
             from unnest($2::uuid[], $3::bytea[], $4::int[], $5::bytea[], $6::int[]) as i (id, a, av, r, rv)`,
    values: [
      ...[organizationId, ids],
      ...[all(({ access }) => access.record), all(({ access }) => access.keyVersion)],
      ...[all(({ refresh }) => refresh.record), all(({ refresh }) => refresh.keyVersion)],
    ],
  });
  await database.query({
    text: 'update connections set next_refresh_at = otobot_now() + make_interval(secs => random() * $1)',
    values: [SPREAD_SECONDS],
  });
}
