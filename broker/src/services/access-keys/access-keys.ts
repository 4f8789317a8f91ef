import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Database, Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import {
  carryUsageOver,
  findAccessKey,
  insertAccessKey,
  listAccessKeys,
  lockAccessKey,
  markReplaced,
  updateAccessKey,
  type NewAccessKey,
  type UsedAccessKey,
} from '../../repositories/access-keys';
import { databaseNow } from '../../repositories/clock';
import { mintAccessKey } from '../../secrets/access-key';
import { PRESETS } from '../../secrets/scopes';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { withChanges } from '../changes';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';
import { ending, rerollableOrThrow } from './ending';
import { tellRerolled } from './rotation-events';
import { asWideAs, type KeyChanges, type NewKey } from './grant';
import { withLimits } from './limits';
import { useCurrentPepper } from './pepper';
import { isWithin, mayPassOnOrThrow, reachOf } from './reach';
import { genuineOrThrow, signed } from './signed-row';
import { viewOf, type AccessKeyView, type MintedAccessKey } from './view';

/** What n8n and other programs present. A caller sees, makes and changes only keys that reach no further than his own. */
export interface AccessKeys {
  list(caller: Caller, page: PageRequest): Promise<Page<AccessKeyView>>;
  read(caller: Caller, id: string): Promise<AccessKeyView>;
  /** The answer is the only place where the key's text ever appears. */
  create(caller: Caller, key: NewKey): Promise<MintedAccessKey>;
  update(caller: Caller, id: string, changes: KeyChanges): Promise<AccessKeyView>;
  /** A new key that may do the same and goes on with the same quotas; the old one ends after `graceSeconds`. */
  reroll(caller: Caller, id: string, options: { graceSeconds: number }): Promise<MintedAccessKey>;
  revoke(caller: Caller, id: string, options: { reason?: string | undefined }): Promise<AccessKeyView>;
}

export interface AccessKeysParts {
  database: Database;
  authorize: Authorize;
  vault: Vault;
}

const SCOPE = 'access-keys:write';
const POSITION = z.string().regex(/^[0-9A-Za-z]{12}$/);

const UNUSED = { usedToday: 0, usedThisMonth: 0 };

export function createAccessKeys({ database, authorize, vault }: AccessKeysParts): AccessKeys {
  const may = (caller: Caller, action: string, id?: string, more: { reason?: string } = {}): Promise<Principal> =>
    authorize(caller, { action, scope: SCOPE, ...(id === undefined ? {} : { detail: { accessKeyId: id, ...more } }) });

  /** A transaction in which rows are signed. */
  const signing = <T>(who: Principal, work: (tx: Tx) => Promise<T>): Promise<T> =>
    database.asTenant(who.organizationId, async (tx) => {
      await useCurrentPepper(tx, vault);
      return work(tx);
    });

  const edit = (
    who: Principal,
    id: string,
    change: (key: UsedAccessKey, tx: Tx) => Promise<UsedAccessKey>,
  ): Promise<AccessKeyView> =>
    signing(who, async (tx) => {
      const key = withinReach(await lockAccessKey(tx, who.organizationId, id), who, id);
      const changed = signed(vault, await change(key, tx));
      await updateAccessKey(tx, changed);
      return viewOf(changed);
    });

  const insert = async (
    tx: Tx,
    { text, id, secretHash }: ReturnType<typeof mintAccessKey>,
    key: Omit<NewAccessKey, 'id' | 'hint' | 'secretHash' | 'rowMac' | 'pepperVersion'>,
    { usedToday, usedThisMonth }: Pick<UsedAccessKey, 'usedToday' | 'usedThisMonth'> = UNUSED,
  ): Promise<MintedAccessKey> => {
    const row = await insertAccessKey(tx, signed(vault, { ...key, id, secretHash, hint: hintOf(text) }));
    const view = viewOf({ ...row, replacedBy: null, lastUsedAt: null, lastUsedFrom: null, usedToday, usedThisMonth });
    return { ...view, key: text };
  };

  return {
    async list(caller, { limit, cursor }) {
      const who = await may(caller, 'access-key.list');
      const which = { limit: limit + 1, after: positionOf(cursor, POSITION), within: reachOf(who) };
      const rows = await database.asTenant(who.organizationId, (tx) => listAccessKeys(tx, who.organizationId, which));
      return pageOf(rows, limit, { position: ({ id }) => id, show: viewOf });
    },

    async read(caller, id) {
      const who = await may(caller, 'access-key.read', id);
      const find = (tx: Tx) => findAccessKey(tx, who.organizationId, id);
      return viewOf(withinReach(await database.asTenant(who.organizationId, find), who, id));
    },

    async create(caller, { name, preset, environment = 'live', ...given }) {
      // Before anybody is asked whether he may, so that the audit names it.
      const minted = mintAccessKey(environment, randomBytes);
      const who = await may(caller, 'access-key.create', minted.id);
      const { organizationId, actor } = who;
      const scopes = [...new Set([...(preset === undefined ? [] : PRESETS[preset]), ...(given.scopes ?? [])])];
      const own = asWideAs(who);
      const grant = withChanges({ name, ...own }, { ...given, scopes, limits: withLimits(own.limits, given.limits) });
      mayPassOnOrThrow(who, grant);
      return signing(who, (tx) =>
        insert(tx, minted, { ...grant, organizationId, environment, revokedAt: null, createdBy: actor }),
      );
    },

    async update(caller, id, changes) {
      const who = await may(caller, 'access-key.update', id);
      return edit(who, id, (key) => {
        genuineOrThrow(vault, key);
        const changed = withChanges(key, { ...changes, limits: withLimits(key.limits, changes.limits) });
        mayPassOnOrThrow(who, changed);
        return Promise.resolve(changed);
      });
    },

    async reroll(caller, id, { graceSeconds }) {
      const who = await may(caller, 'access-key.reroll', id);
      return signing(who, async (tx) => {
        const key = withinReach(await lockAccessKey(tx, who.organizationId, id), who, id);
        genuineOrThrow(vault, key);
        const now = await databaseNow(tx);
        rerollableOrThrow(key, now);
        mayPassOnOrThrow(who, key);
        const next = mintAccessKey(key.environment, randomBytes);
        const minted = await insert(tx, next, { ...key, createdBy: who.actor }, key);
        await carryUsageOver(tx, { from: id, to: minted.id });
        const ended = ending(key, now, { graceSeconds, reason: `rerolled as ${minted.id}` });
        await updateAccessKey(tx, signed(vault, ended));
        await markReplaced(tx, who.organizationId, { id, replacedBy: minted.id });
        await tellRerolled(tx, ended, minted.id);
        return minted;
      });
    },

    async revoke(caller, id, { reason }) {
      const who = await may(caller, 'access-key.revoke', id, reason === undefined ? {} : { reason });
      // A row that was altered outside the broker as well: signed as revoked, it grants nothing, and cannot be brought back.
      return edit(who, id, async (key, tx) =>
        key.revokedAt === null
          ? ending(key, await databaseNow(tx), { graceSeconds: 0, reason: reason ?? 'revoked' })
          : key,
      );
    },
  };
}

function withinReach(key: UsedAccessKey | null, who: Principal, id: string): UsedAccessKey {
  if (key === null || !isWithin(key, reachOf(who)))
    throw new Problem(
      'not_found',
      `There is no access key ${id} that yours could change. GET /v1/access-keys lists them.`,
    );
  return key;
}

/** Enough to recognise a key by, in lists: how it begins and its last four characters, which are of the checksum. */
const hintOf = (text: string): string => `${text.slice(0, 21)}…${text.slice(-4)}`;
