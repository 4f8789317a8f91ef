import { randomBytes, randomUUID } from 'node:crypto';
import { fromBroker } from '../from-broker.mjs';
import { storeAccessKey } from './access-keys.mjs';

const { PRESETS } = fromBroker('./dist/secrets/scopes');
const { tokenContext } = fromBroker('./dist/services/seal-contexts');

const SERVICE = 'bench-api';
/** Rows in one statement. */
const AT_ONCE = 2_000;

/** `count` clients, each with a sealed token of so many bytes that lives for a day, and the key of an n8n that may read them all. */
export async function storeReadClients(stage, { count, tokenBytes }) {
  const { database, organizationId } = stage;
  await database.query({
    text: `insert into services (name, display_name, oauth_type, oauth_token_url) values ($1, $1, 'oauth2', 'https://bench.example/token')`,
    values: [SERVICE],
  });
  for (let first = 0; first < count; first += AT_ONCE)
    await storeStretch(stage, { first, count: Math.min(AT_ONCE, count - first), tokenBytes });
  await database.query({ text: 'analyze connections, token_sets, clients' });
  const key = await storeAccessKey(stage, { organizationId, name: 'bench', scopes: PRESETS.n8n });
  return { key: key.text, paths: Array.from({ length: count }, (_, n) => `/v1/credentials/client-${n}/${SERVICE}`) };
}

async function storeStretch({ database, organizationId, vault }, { first, count, tokenBytes }) {
  const rows = Array.from({ length: count }, (_, index) => {
    const owner = { id: randomUUID(), organizationId, clientId: `client-${first + index}`, service: SERVICE };
    const token = randomBytes(tokenBytes).toString('base64url').slice(0, tokenBytes);
    return { ...owner, ...vault.seal('access', tokenContext(owner, 'access_token', 1), token) };
  });
  const all = (name) => rows.map((row) => row[name]);
  await database.query({
    text: `insert into clients (organization_id, client_id, name) select $1, c, c from unnest($2::text[]) c`,
    values: [organizationId, all('clientId')],
  });
  await database.query({
    text: `insert into connections (id, organization_id, client_id, service, kind, generation)
           select id, $1, c, $4, 'oauth2', 1 from unnest($2::uuid[], $3::text[]) as i (id, c)`,
    values: [organizationId, all('id'), all('clientId'), SERVICE],
  });
  await database.query({
    text: `insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version, expires_at, lifetime_seconds)
           select $1, id, 1, 'current', sealed, version, otobot_now() + interval '1 day', 86400
             from unnest($2::uuid[], $3::bytea[], $4::int[]) as i (id, sealed, version)`,
    values: [organizationId, all('id'), all('record'), all('keyVersion')],
  });
}
