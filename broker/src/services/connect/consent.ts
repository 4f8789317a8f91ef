import type { Tx } from '../../db/database';
import { baseUrlOf } from '../../providers/granted';
import { databaseNow } from '../../repositories/clock';
import { useUpConnectLink } from '../../repositories/connect-links';
import type { ConnectionByName } from '../../repositories/connections';
import { replaceHeldSet } from '../../repositories/held-sets';
import { insertEvent } from '../../repositories/outbox';
import { lockService } from '../../repositories/services';
import { NO_ENDS } from '../../types/consent-ends';
import type { ConnectionName } from '../../types/credential';
import type { Vault } from '../../vault/vault';
import { storeConnection, tokenSetOf, type Handover } from '../connections/store-connection';
import { giveUpTokens } from '../revocations/give-up-tokens';
import { endsOfConsent, movingEndOf } from '../refresh/consent-ends';
import { firstDueAt } from '../refresh/first-due';
import { renewingSecret, wayOf } from '../refresh/way';
import type { Consent } from './exchange';
import { linkToken } from './link-token';
import { meetingOthers } from './meeting-others';
import { loadLink, scopesAsked, troubleWith, type OpenLink } from './open-link';
import { ending, type Ending } from './outcome';
import type { ConnectParts } from './parts';
import { endingOf } from './visit';

/**
 * Stores what a client consented to and uses the link up, in one transaction. Another account than the pinned one is held for an operator:
 * the tokens in use stay as they are.
 */
export function keepConsent(
  { database, vault }: ConnectParts,
  { link }: OpenLink,
  appId: string,
  consent: Consent,
): Promise<Ending> {
  const { organizationId } = link;
  return meetingOthers(database, organizationId, async (tx) => {
    await lockService(tx, link.service, 'shared');
    // Anew and locked: somebody may have used, revoked or changed it while the provider was asked.
    const open = await loadLink(tx, organizationId, { id: link.id }, true);
    if (open === null) return ending('link_unknown');
    const trouble = troubleWith(open);
    if (trouble !== null) return endingOf(open, trouble);

    const handover = handoverOf(open, appId, consent, await databaseNow(tx));
    const account = consent.account?.label ?? consent.account?.id ?? null;
    if (isOtherAccount(open, consent)) {
      await hold(tx, vault, open, handover);
      return endingOf(open, 'held', { account, retryToken: linkToken(vault, organizationId, link.id) });
    }
    const connectionId = await storeConnection(tx, vault, ownerOf(open), open.service, handover);
    await useUpConnectLink(tx, organizationId, link.id, connectionId);
    return endingOf(open, 'connected', { account });
  });
}

export const ownerOf = ({ link: { organizationId, clientId, service, name } }: OpenLink): ConnectionName => ({
  organizationId,
  clientId,
  service,
  name,
});

/**
 * Where the service tells whose account it is, and this time did not, nobody knows that it is the pinned one: or else a failing look-up
 * would do away with the pin.
 */
function isOtherAccount({ connection, service }: OpenLink, { account, tenant }: Consent): boolean {
  if (isOtherTenant(connection, tenant)) return true;
  const pinned = connection?.accountId ?? null;
  if (pinned === null) return false;
  return account === null ? service.accountFrom !== null : pinned !== account.id;
}

/** The same person in another shop, company or workspace: as far as workflows go, another account. */
export function isOtherTenant(connection: ConnectionByName | null, tenant: string | null): boolean {
  const before = connection?.tenant ?? null;
  return before !== null && before !== tenant;
}

/** The mismatch stays visible, and its tokens sealed beside the ones in use, until an operator accepts or rejects them. */
export async function hold(tx: Tx, vault: Vault, open: OpenLink, handover: Handover): Promise<void> {
  const owner = ownerOf(open);
  const connection = open.connection as ConnectionByName;
  const set = tokenSetOf(vault, { ...owner, id: connection.id }, connection.generation + 1, open.service, handover);
  const { organizationId, clientId, service } = owner;
  const replaced = { organizationId, connectionId: connection.id, clientId: null, kinds: ['held'] } as const;
  await giveUpTokens(tx, replaced, () => replaceHeldSet(tx, set));
  const data = {
    expected: connection.accountLabel ?? connection.accountId ?? connection.tenant,
    connected: handover.account?.label ?? handover.account?.id ?? handover.tenant,
  };
  await insertEvent(tx, {
    organizationId,
    type: 'connection.account_mismatch',
    clientId,
    service,
    connectionId: connection.id,
    data,
  });
}

function handoverOf(
  open: OpenLink,
  appId: string,
  { granted, account, tenant, sentAtMs }: Consent,
  now: Date,
): Handover {
  const { service } = open;
  // By the database's clock, less the time that has passed here since the request left.
  const sentAt = now.getTime() - (Date.now() - sentAtMs);
  const kind = service.oauthType;
  const tokens = { access: granted.accessToken, refresh: granted.refreshToken };
  const secrets = { ...tokens, refresh: renewingSecret(kind, service, tokens) };
  const isRenewed = secrets.refresh !== null && wayOf(kind, service)?.by !== 'check';
  // As with imports: what nothing can renew is not taken out of service by a guess.
  const lifetimeSeconds = granted.expiresInSeconds ?? (isRenewed ? service.defaultTtlSeconds : null);
  const expiresAt = lifetimeSeconds === null ? null : new Date(sentAt + lifetimeSeconds * 1_000);
  const { refreshAheadSeconds } = service;
  const ends = isRenewed ? endsOfConsent(new Date(sentAt), granted, service) : NO_ENDS;
  const movingEndAt = movingEndOf(ends);
  const movingEnd = movingEndAt && { at: movingEndAt, now };
  const handedOver = { kind, service, issuedAt: new Date(sentAt), random: Math.random() };
  const lifetime =
    expiresAt === null || lifetimeSeconds === null
      ? null
      : { expiresAt, lifetimeSeconds, refreshAheadSeconds, random: Math.random(), movingEnd };
  return {
    kind,
    secrets,
    appId,
    tokenType: granted.tokenType,
    scopes: granted.scopes ?? scopesAsked(open),
    baseUrl: baseUrlOf(granted.extra),
    ends,
    account,
    tenant,
    metadata: null,
    expiresAt,
    lifetimeSeconds,
    nextRefreshAt: secrets.refresh === null ? null : firstDueAt(handedOver, lifetime),
  };
}
