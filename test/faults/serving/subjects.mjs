import { randomUUID } from 'node:crypto';
import { fromBroker } from '../../../bench/from-broker.mjs';
import { storeAccessKey } from '../../../bench/rows/access-keys.mjs';

const { PRESETS } = fromBroker('./dist/secrets/scopes');
const { tokenContext } = fromBroker('./dist/services/seal-contexts');

const SERVICES = ['crm', 'mail'];
const TOKEN_LIFE = '1 day';

/**
 * Organizations, each with clients that have a credential for two services (one of the shared catalogue, one of the organization's own),
 * keys that read and a key that manages. What is asked for later, and what is changed, are these.
 */
export async function storeSubjects(stage, { organizations, clients, keys }) {
  const { database } = stage;
  await storeService(database, null, 'crm');
  const all = [];
  for (let n = 0; n < organizations; n++) all.push(await storeOrganization(stage, `agency-${n}`, { clients, keys }));
  return all;
}

async function storeOrganization(stage, name, { clients, keys }) {
  const { database } = stage;
  const [{ id: organizationId }] = await database.query({
    text: 'insert into organizations (name, display_name) values ($1, $1) returning id',
    values: [name],
  });
  await storeService(database, organizationId, 'mail');
  const clientIds = Array.from({ length: clients }, (_, n) => `client-${n}`);
  await database.query({
    text: `insert into clients (organization_id, client_id, name) select $1, c, c from unnest($2::text[]) c`,
    values: [organizationId, clientIds],
  });
  const connections = [];
  for (const clientId of clientIds) {
    for (const service of SERVICES) {
      const connection = { id: randomUUID(), organizationId, clientId, service, generation: 0, tokens: new Map() };
      await database.query({
        text: `insert into connections (id, organization_id, client_id, service, kind) values ($1, $2, $3, $4, 'oauth2')`,
        values: [connection.id, organizationId, clientId, service],
      });
      await storeToken(stage, connection);
      connections.push(connection);
    }
  }
  const manager = await storeAccessKey(stage, { organizationId, name: 'manager', scopes: PRESETS.operator });
  const readers = [];
  for (let n = 0; n < keys; n++) readers.push(await storeReader(stage, organizationId));
  return { organizationId, name, clientIds, services: SERVICES, connections, manager, readers };
}

/** A key that reads; `text` is what is presented. */
export async function storeReader(stage, organizationId) {
  const key = await storeAccessKey(stage, { organizationId, name: 'reader', scopes: PRESETS.n8n });
  return { ...key, organizationId };
}

function storeService(database, organizationId, name) {
  return database.query({
    text: `insert into services (organization_id, name, display_name, oauth_type, oauth_token_url)
           values ($1, $2, $2, 'oauth2', 'https://provider.example/token')`,
    values: [organizationId, name],
  });
}

/** A token that nobody else has. */
export const newToken = () => `token-${randomUUID()}`;

/** The next generation, as a refresher writes it: token set and connection in one statement. `connection.tokens` remembers what it is. */
export async function storeToken({ database, vault }, connection) {
  const { id, organizationId, clientId, service } = connection;
  const generation = connection.generation + 1;
  const token = newToken();
  connection.tokens.set(generation, token);
  const owner = { id, organizationId, clientId, service, tenant: null };
  const { record, keyVersion } = vault.seal('access', tokenContext(owner, 'access_token', generation), token);
  await database.query({
    text: `with superseded as (update token_sets set kind = 'previous', superseded_at = otobot_now() where connection_id = $2 and kind = 'current'),
                tokens as (insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version,
                                                   expires_at, lifetime_seconds)
                           values ($1, $2, $3, 'current', $4, $5, otobot_now() + interval '${TOKEN_LIFE}', 86400))
           update connections set generation = $3 where id = $2`,
    values: [organizationId, id, generation, record, keyVersion],
  });
  connection.generation = generation;
}

/** Any process, any key of an organization, any credential of it. */
export function picker(subjects, ports, random) {
  const any = (list) => list[Math.floor(random() * list.length)];
  return () => {
    const organization = any(subjects);
    const broker = Math.floor(random() * ports.length);
    const { clientId, service } = any(organization.connections);
    return { broker, port: ports[broker], key: any(organization.readers), clientId, service };
  };
}
