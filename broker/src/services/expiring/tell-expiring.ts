import type { Database, Tx } from '../../db/database';
import { findDueNotices, planNotice, type DueNotice } from '../../repositories/notices';
import { insertEvent } from '../../repositories/outbox';
import { consentEndAt } from '../../types/consent-ends';
import type { Vault } from '../../vault/vault';
import { automaticLink } from '../connect/automatic-link';
import { noticeOf, type Step } from './notice';

/** What the event `connection.expiring` says. Whoever delivers it makes the link's URL with `linkUrl`. */
export interface ExpiringData {
  endsAt: Date;
  /** 14, 7 or 1: the step, at most that many days before the end. */
  days: Step;
  /** `token`: of a token or key that nothing renews; else which end of the consent. */
  end: 'token' | 'absolute' | 'idle' | 'refresh_token';
  generation: number;
  /** With which the client connects again; not there where no link can be made. */
  connectLinkId?: string;
}

const BATCH = 25;
const BATCHES = 40;
const ACTOR = 'otobot';

/** Tells of ends that come near, 14, 7 and 1 days ahead. Looks only at what is due, at most a thousand in one run. Returns how many it looked at. */
export async function tellExpiring(database: Database, vault: Vault): Promise<number> {
  let looked = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const found = await database.transaction((tx) => tellBatch(tx, vault));
    looked += found;
    if (found < BATCH) break;
  }
  return looked;
}

async function tellBatch(tx: Tx, vault: Vault): Promise<number> {
  const due = await findDueNotices(tx, BATCH);
  for (const connection of due) {
    const endsAt = earliest(connection.consentEndsAt, connection.tokenEndsAt);
    const { tell, nextAt } = noticeOf({ ...connection, endsAt });
    await planNotice(tx, { id: connection.id, nextAt, noticedDays: tell });
    if (tell !== null && endsAt !== null) await tellOf(tx, vault, connection, endsAt, tell);
  }
  return due.length;
}

async function tellOf(tx: Tx, vault: Vault, connection: DueNotice, endsAt: Date, days: Step): Promise<void> {
  const { id, organizationId, clientId, service, name, generation, consentEndsAt, now } = connection;
  const leftSeconds = Math.ceil((endsAt.getTime() - now.getTime()) / 1_000);
  const maker = { organizationId, actor: ACTOR };
  const link = clientId && (await automaticLink(tx, vault, maker, { clientId, service, name }, leftSeconds));
  const data: ExpiringData = {
    ...{ endsAt, days, generation },
    end: consentEndsAt?.getTime() === endsAt.getTime() ? (consentEndAt(endsAt, connection) ?? 'absolute') : 'token',
    ...(link ? { connectLinkId: link.id } : {}),
  };
  await insertEvent(tx, {
    ...{ organizationId, type: 'connection.expiring', clientId, service, connectionId: id },
    data: { ...data },
  });
}

const earliest = (a: Date | null, b: Date | null): Date | null => (a !== null && (b === null || a <= b) ? a : b);
