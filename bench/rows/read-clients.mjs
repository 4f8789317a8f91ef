import { randomBytes, randomUUID } from 'node:crypto';
import { fromBroker } from '../from-broker.mjs';

const { accessKeyMacInput, mintAccessKey } = fromBroker('./dist/secrets/access-key');
const { PRESETS } = fromBroker('./dist/secrets/scopes');
const { tokenContext } = fromBroker('./dist/services/seal-contexts');

const SERVICE = 'bench-api';

/** `count` clients, each with a sealed token of so many bytes that lives for a day, and the key of an n8n that may read them all. */
export async function storeReadClients(stage, { count, tokenBytes }) {
  const { database, organizationId, vault } = stage;
  await database.query({
    text: `insert into services (name, display_name, oauth_type, oauth_token_url) values ($1, $1, 'oauth2', 'https://bench.example/token')`,
    values: [SERVICE],
  });
  const rows = Array.from({ length: count }, (_, index) => {
    const owner = { id: randomUUID(), organizationId, clientId: `client-${index}`, service: SERVICE };
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
  return { key: await storeKey(stage), paths: rows.map(({ clientId }) => `/v1/credentials/${clientId}/${SERVICE}`) };
}

async function storeKey({ database, organizationId, vault }) {
  const scopes = PRESETS.n8n;
  const minted = mintAccessKey('live', randomBytes);
  const facts = { ...minted, organizationId, scopes, clientIds: null, services: null, limits: {}, expiresAt: null };
  const { mac, keyVersion } = vault.mac('pepper', [accessKeyMacInput({ ...facts, revokedAt: null })]);
  await database.query({
    text: `insert into access_keys (id, organization_id, name, environment, scopes, hint, secret_hash, row_mac, pepper_version)
           values ($1, $2, 'bench', 'live', $3, '', $4, $5, $6)`,
    values: [minted.id, organizationId, scopes, minted.secretHash, mac, keyVersion],
  });
  return minted.text;
}
