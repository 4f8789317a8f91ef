import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isUniqueViolation, type Database } from '../../db/database';
import { Problem } from '../../errors/problem';
import type { OutboundAgents } from '../../outbound/outbound';
import {
  findN8nInstance,
  forgetN8nInstance,
  insertN8nInstance,
  listN8nInstances,
  noteN8nAnswer,
  noteN8nFailure,
  orderN8nCheck,
  orderN8nInstanceRemoval,
} from '../../repositories/n8n-instances';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';
import { n8nApi } from './n8n-api';
import { apiKeyContext } from './n8n-contexts';
import { foundInstance, instanceViewOf, type N8nInstanceView } from './n8n-view';

export interface NewInstance {
  name: string;
  url: string;
  apiKey: string;
}

/** The n8n instances of an organization, into which credentials are put. Keys that are limited to some clients have nothing to do with them. */
export interface N8nInstances {
  list(caller: Caller, page: PageRequest): Promise<Page<N8nInstanceView>>;
  /** Asks it at once, and tells what came of that. */
  add(caller: Caller, instance: NewInstance): Promise<N8nInstanceView>;
  /** Asks it now, and has every credential there compared with what was left. */
  check(caller: Caller, id: string): Promise<N8nInstanceView>;
  /** `forget`: at once, and whatever was put there stays. */
  remove(caller: Caller, id: string, options: { forget: boolean }): Promise<N8nInstanceView>;
}

export interface N8nInstancesParts {
  /** Under role otobot_serve. */
  database: Database;
  authorize: Authorize;
  vault: Vault;
  allowedUrl: (url: string) => boolean;
  agents: Pick<OutboundAgents, 'http' | 'https'>;
}

const SCOPE = 'n8n-sync:write';
const POSITION = z.string().max(64);
/** As long as whoever asks may wait. */
const TIMEOUT_MS = 5_000;

export function createN8nInstances({
  database,
  authorize,
  vault,
  allowedUrl,
  agents,
}: N8nInstancesParts): N8nInstances {
  const may = (caller: Caller, action: string, detail: Record<string, string>): Promise<Principal> =>
    authorize(caller, { action, scope: SCOPE, clientId: null, everyService: true, detail });
  const find = ({ organizationId }: Principal, id: string) =>
    database.asTenant(organizationId, async (tx) => foundInstance(await findN8nInstance(tx, organizationId, id)));

  /** What is found is remembered; a worker that is at it at the same moment may remember the same. */
  const ask = async (who: Principal, id: string): Promise<N8nInstanceView> => {
    const { organizationId } = who;
    const { url, apiKeySealed, apiKeyKeyVersion } = await find(who, id);
    const context = apiKeyContext({ id, organizationId, url });
    const apiKey = vault.open('refresh', context, apiKeySealed, apiKeyKeyVersion).toString();
    const endsAtMs = performance.now() + TIMEOUT_MS;
    const failure = await n8nApi({ url, apiKey, agents, timeoutMs: TIMEOUT_MS, endsAtMs }).probe();
    await database.asTenant(organizationId, (tx) =>
      failure === null ? noteN8nAnswer(tx, id) : noteN8nFailure(tx, id, failure.code, Math.random()),
    );
    return instanceViewOf(await find(who, id));
  };

  return {
    async list(caller, { limit, cursor }) {
      const { organizationId } = await may(caller, 'n8n-instance.list', {});
      const which = { limit: limit + 1, after: positionOf(cursor, POSITION) };
      const rows = await database.asTenant(organizationId, (tx) => listN8nInstances(tx, organizationId, which));
      return pageOf(rows, limit, { position: ({ name }) => name, show: instanceViewOf });
    },

    async add(caller, { name, url: given, apiKey }) {
      const who = await may(caller, 'n8n-instance.add', { instance: name });
      const { organizationId } = who;
      const url = baseUrlOrThrow(given, allowedUrl);
      const id = randomUUID();
      const { record, keyVersion } = vault.seal('refresh', apiKeyContext({ id, organizationId, url }), apiKey);
      const row = { id, organizationId, name, url, apiKeySealed: record, apiKeyKeyVersion: keyVersion };
      await database
        .asTenant(organizationId, (tx) => insertN8nInstance(tx, row))
        .catch((error: unknown) => {
          throw isUniqueViolation(error) ? taken(name, error) : error;
        });
      return ask(who, id);
    },

    async check(caller, id) {
      const who = await may(caller, 'n8n-instance.check', { n8nInstanceId: id });
      const view = await ask(who, id);
      await database.asTenant(who.organizationId, (tx) => orderN8nCheck(tx, who.organizationId, id));
      return view;
    },

    async remove(caller, id, { forget }) {
      const who = await may(caller, 'n8n-instance.remove', { n8nInstanceId: id, forget: String(forget) });
      const { organizationId } = who;
      return database.asTenant(organizationId, async (tx) => {
        const known = foundInstance(await findN8nInstance(tx, organizationId, id));
        await (forget ? forgetN8nInstance : orderN8nInstanceRemoval)(tx, organizationId, id);
        const left = await findN8nInstance(tx, organizationId, id);
        return { ...instanceViewOf(left ?? known), status: left === null ? 'removed' : 'removing' };
      });
    },
  };
}

/** Without a slash at its end. Throws Problem `invalid_value`. */
function baseUrlOrThrow(text: string, allowedUrl: (url: string) => boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (isPlain && allowedUrl(text)) return url.origin + url.pathname.replace(/\/+$/, '');
  throw new Problem(
    'invalid_value',
    'url: must be the https address under which its editor is opened, such as https://n8n.example.com; for one in a private network, or without TLS, name its host in OTOBOT_PRIVATE_HOSTS.',
  );
}

function taken(name: string, cause: unknown): Problem {
  const detail = `There is an n8n instance "${name}" already. Remove that one first, or give another name.`;
  return new Problem('conflict', detail, { cause });
}
