import { Problem } from '../../errors/problem';
import type { ServingConnection, ServingFacts } from '../../repositories/serving';
import type { ConnectionName } from '../../types/credential';
import type { Vault } from '../../vault/vault';
import type { Authenticator } from '../access/authenticate';
import { auditEntry, mayOrThrow, quotaOf } from '../access/authorize';
import { decideOnFreshFacts } from '../access/decide';
import type { Caller, Principal } from '../access/principal';
import type { AuditLane } from '../audit/audit-lane';
import type { Refusals } from '../audit/refusals';
import type { KeyReload } from '../encryption-keys';
import type { ConnectLinks } from '../connect/links';
import { tokenContext } from '../seal-contexts';
import { credentialAnswer, type CredentialAnswer } from './answer';
import { connectionOrThrow } from './checks';
import { askOf, nameOf, type CredentialRequest } from './credential-request';
import type { FactsCache } from './facts-cache';
import type { Renewal } from './renewal';

export type ServeCredential = (caller: Caller, request: CredentialRequest) => Promise<CredentialAnswer>;

export interface ServeCredentialParts {
  authenticator: Authenticator;
  facts: FactsCache;
  renewal: Renewal;
  vault: Vault;
  keys: KeyReload;
  audit: AuditLane;
  refusals: Refusals;
  connectLinks: Pick<ConnectLinks, 'forReconnect'>;
}

/** How long a reader waits for a refresh, in all. */
const PATIENCE_MS = 5_000;

/** A read, top to bottom: recognise → may he? → find → fresh enough? → open → audit committed → answer. */
export function createServeCredential(parts: ServeCredentialParts): ServeCredential {
  const { authenticator, facts, audit, refusals } = parts;

  return async (caller, request) => {
    const ask = askOf(request);
    const deadlineMs = performance.now() + PATIENCE_MS;
    let principal: Principal | null = null;

    const decide = async (): Promise<CredentialAnswer | null> => {
      principal = null;
      principal = await authenticator.authenticate(caller.presented);
      mayOrThrow(principal, ask);
      const asked = nameOf(principal, request);
      const { found, connection, answer } = await openFresh(parts, asked, request, deadlineMs);
      request.fits?.(connection);
      // The key and the credential must have been judged under the same rules.
      if (found.policyVersion !== principal.policyVersion) return null;
      const released = {
        ...auditEntry(caller, ask, principal, 'released'),
        connectionId: connection.id,
        generation: connection.generation,
      };
      const decidedOn = {
        policyVersion: found.policyVersion,
        connectionVersion: connection.version,
        usableUntil: usableUntil(connection, request.minTtlSeconds),
      };
      return (await audit.commit(released, decidedOn, quotaOf(principal))) === 'committed' ? answer : null;
    };
    const forget = (): boolean => {
      const knewCaller = authenticator.forget(caller.presented, principal);
      const knewFacts = principal !== null && facts.forget(nameOf(principal, request));
      return knewCaller || knewFacts;
    };

    try {
      return await decideOnFreshFacts(decide, forget);
    } catch (error) {
      if (error instanceof Problem) refusals.note(auditEntry(caller, ask, principal, error.code));
      throw await withConnectUrl(parts.connectLinks, error, principal, request);
    }
  };
}

/** The way out goes with the refusal: a link for the client, where the key may make one. */
async function withConnectUrl(
  connectLinks: ServeCredentialParts['connectLinks'],
  error: unknown,
  who: Principal | null,
  { clientId, service, name }: CredentialRequest,
): Promise<unknown> {
  const needsClient =
    error instanceof Problem && error.code === 'reauth_required' && error.extras.reason !== 'disabled';
  if (!needsClient || clientId === null || who?.scopes.has('connect:write') !== true) return error;
  const reconnect = await connectLinks.forReconnect(who, { clientId, service, name });
  if (reconnect === null) return error;
  const { url: connectUrl, ...names } = reconnect;
  return new Problem(error.code, `${error.detail} Send them this link: ${connectUrl}`, {
    extras: { ...error.extras, connectUrl, ...names },
  });
}

interface Opened {
  found: ServingFacts;
  connection: ServingConnection;
  answer: CredentialAnswer;
}

/** The opened credential, after a refresh where one is due: because it is near its end, or because the API rejected it. */
async function openFresh(
  parts: ServeCredentialParts,
  asked: ConnectionName,
  request: CredentialRequest,
  deadlineMs: number,
): Promise<Opened> {
  const { renewal } = parts;
  const opened = await openKnown(parts, asked, await renewal.findFresh(asked, request.minTtlSeconds, deadlineMs));
  if (request.rejected !== opened.answer.fingerprint) return opened;
  return openKnown(parts, asked, await renewal.replaceRejected(asked, opened.found, deadlineMs));
}

/** A key version that was made since this process looked is looked for once. */
async function openKnown(
  { vault, keys }: ServeCredentialParts,
  asked: ConnectionName,
  found: ServingFacts,
): Promise<Opened> {
  try {
    return open(vault, asked, found);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'key_unavailable') throw error;
    await keys.reload();
    return open(vault, asked, found);
  }
}

function open(vault: Vault, asked: ConnectionName, found: ServingFacts): Opened {
  const { service, connection } = connectionOrThrow(asked, found);
  const { id, tenant, generation, accessSealed, accessKeyVersion } = connection;
  if (accessSealed === null) throw new Error('a credential was judged fresh without a token');
  const secret = vault.open(
    'access',
    tokenContext({ ...asked, id, tenant }, 'access_token', generation),
    accessSealed,
    accessKeyVersion ?? undefined,
  );
  const answer = credentialAnswer(asked, service, connection, secret.toString('utf8'));
  secret.fill(0);
  return { found, connection, answer };
}

function usableUntil({ expiresAt }: ServingConnection, minTtlSeconds: number | null): Date | null {
  return expiresAt === null ? null : new Date(expiresAt.getTime() - (minTtlSeconds ?? 0) * 1_000);
}
