import { setTimeout as delay } from 'node:timers/promises';
import { fromBroker } from '../../../bench/from-broker.mjs';
import { between } from '../../../provider/scripted/random.cjs';
import { newToken, storeReader, storeToken } from './subjects.mjs';

const { PRESETS } = fromBroker('./dist/secrets/scopes');

/** How long a change lasts, and how long nothing of the organization is changed then. */
const LASTS_MS = [10, 150];
const CALM_MS = [20, 300];
const NARROWED = PRESETS.n8n.filter((scope) => scope !== 'credentials:read');

/**
 * What can be done to an organization: each entry does it and gives back whom it concerns, as judgeByClock() names them, and what takes it
 * back. `key` reads, `client`, `service` and `connection` are somebody's of the organization.
 */
const CHANGES = {
  'key revoked by SQL': async ({ sql, key }) => {
    await sql('update access_keys set revoked_at = otobot_now() where id = $1', key.id);
    return {
      bans: [`key ${key.id}`],
      undo: () => sql('update access_keys set revoked_at = null where id = $1', key.id),
    };
  },
  'key revoked': async ({ stage, api, organization, key }) => {
    await api('POST', `/v1/access-keys/${key.id}/revoke`);
    const replace = async () => {
      organization.readers[organization.readers.indexOf(key)] = await storeReader(stage, key.organizationId);
    };
    return { bans: [`key ${key.id}`], undo: replace, forEver: true };
  },
  'scopes of a key narrowed': async ({ api, key }) => {
    await api('PATCH', `/v1/access-keys/${key.id}`, { scopes: NARROWED });
    const undo = () => api('PATCH', `/v1/access-keys/${key.id}`, { scopes: PRESETS.n8n });
    return { bans: [`key ${key.id}`], undo };
  },
  'clients of a key narrowed': async ({ api, organization, key, client }) => {
    await api('PATCH', `/v1/access-keys/${key.id}`, { clientIds: [client] });
    const others = organization.clientIds.filter((other) => other !== client);
    const undo = () => api('PATCH', `/v1/access-keys/${key.id}`, { clientIds: null });
    return { bans: others.map((other) => `key ${key.id} ${other}`), undo };
  },
  'key expired by SQL': async ({ sql, key }) => {
    await sql(`update access_keys set expires_at = otobot_now() - interval '1 hour' where id = $1`, key.id);
    return {
      bans: [`key ${key.id}`],
      undo: () => sql('update access_keys set expires_at = null where id = $1', key.id),
    };
  },
  'client suspended': async ({ api, organization, client }) => {
    await api('POST', `/v1/clients/${client}/suspend`);
    const undo = () => api('POST', `/v1/clients/${client}/resume`);
    return { bans: [`client ${organization.organizationId} ${client}`], undo };
  },
  'client suspended by SQL': async ({ sql, organization: { organizationId }, client }) => {
    const set = 'update clients set suspended_at =';
    const of = 'where organization_id = $1 and client_id = $2';
    await sql(`${set} otobot_now() ${of}`, organizationId, client);
    return {
      bans: [`client ${organizationId} ${client}`],
      undo: () => sql(`${set} null ${of}`, organizationId, client),
    };
  },
  'service suspended': async ({ api, organization }) => {
    await api('POST', '/v1/services/mail/suspend');
    const undo = () => api('POST', '/v1/services/mail/resume');
    return { bans: [`service ${organization.organizationId} mail`], undo };
  },
  'shared service suspended by SQL': async ({ sql }) => {
    const set = (when) => `update services set suspended_at = ${when} where name = 'crm' and organization_id is null`;
    await sql(set('otobot_now()'));
    return { bans: ['service - crm'], undo: () => sql(set('null')) };
  },
  'connection disabled': async ({ api, connection: { id } }) => {
    await api('POST', `/v1/connections/${id}/disable`);
    return { bans: [`connection ${id}`], undo: () => api('POST', `/v1/connections/${id}/enable`) };
  },
  'connection disabled by SQL': async ({ sql, connection: { id } }) => {
    await sql(`update connections set status = 'disabled' where id = $1`, id);
    return {
      bans: [`connection ${id}`],
      undo: () => sql(`update connections set status = 'active' where id = $1`, id),
    };
  },
  'organization suspended by SQL': async ({ sql, organization: { organizationId } }) => {
    await sql('update organizations set suspended_at = otobot_now() where id = $1', organizationId);
    const undo = () => sql('update organizations set suspended_at = null where id = $1', organizationId);
    return { bans: [`organization ${organizationId}`], undo };
  },
  'new token by SQL': async ({ stage, connection }) => {
    await storeToken(stage, connection);
    return { bans: [], floor: connection };
  },
  'new token': async ({ api, connection }) => {
    const { clientId, service, id } = connection;
    const accessToken = newToken();
    await api('POST', '/v1/connections', { clientId, service, accessToken });
    const { generation } = await api('GET', `/v1/connections/${id}`);
    connection.tokens.set(generation, accessToken);
    connection.generation = generation;
    return { bans: [], floor: connection };
  },
};
/** The whole catalogue of services, that is everybody, stands still while the shared one is suspended: seldom. */
const RARE = { 'shared service suspended by SQL': 0.1, 'organization suspended by SQL': 0.3 };

/**
 * Changes each organization without pause, one thing after the other, through the API of any process and by plain SQL. What `stop()` has
 * waited for is taken back. `bans`, `floors`: see judgeByClock(); `made` counts.
 */
export function startChangers({ stage, subjects, ports, random }) {
  const [bans, floors, made] = [new Map(), new Map(), {}];
  const add = (map, name, entry) => map.set(name, [...(map.get(name) ?? []), entry]);
  const any = (list) => list[Math.floor(random() * list.length)];
  const sql = (text, ...values) => stage.database.query({ text, values });
  let stopping = false;

  const changeOnce = async (organization) => {
    const name = any(Object.keys(CHANGES));
    if (random() > (RARE[name] ?? 1)) return;
    const api = (method, path, body) => callApi({ port: any(ports), key: organization.manager, method, path, body });
    const target = { key: any(organization.readers), client: any(organization.clientIds) };
    const connection = any(organization.connections);
    const {
      bans: whom,
      floor,
      ...rest
    } = await CHANGES[name]({ stage, sql, api, organization, connection, ...target });
    const since = performance.now();
    if (floor !== undefined) add(floors, floor.id, [since, floor.generation]);
    const intervals = whom.map((subject) => ({ subject, interval: { from: since, to: Infinity } }));
    for (const { subject, interval } of intervals) add(bans, subject, interval);
    await delay(between(random, ...LASTS_MS));
    if (rest.forEver !== true) for (const { interval } of intervals) interval.to = performance.now();
    await rest.undo?.();
    made[name] = (made[name] ?? 0) + 1;
    await delay(between(random, ...CALM_MS));
  };
  const changing = subjects.map(async (organization) => {
    while (!stopping) await changeOnce(organization);
  });
  const all = Promise.all(changing);
  all.catch(() => undefined); // told by stop()
  return {
    ...{ bans, floors, made },
    stop: async () => {
      stopping = true;
      await all;
    },
  };
}

async function callApi({ port, key, method, path, body }) {
  const headers = { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...sent });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}
