import { randomBytes } from 'node:crypto';
import { authorizationUrl } from '../../providers/authorization-url';
import { atTenant } from '../../providers/tenant';
import { insertFlow } from '../../repositories/flows';
import type { SealContext } from '../../vault/record';
import type { Caller } from '../access/principal';
import { secretAudience, type SecretEndpoints } from '../seal-contexts';
import { hashOf } from './link-token';
import { scopesAsked, type OpenLink } from './open-link';
import type { Ending } from './outcome';
import type { ConnectParts } from './parts';
import { tenantProblem, tenantToldBy, type TenantProblem } from './tenant';
import { auditVisit, noteFailure, visitLink } from './visit';

/** The browser is sent to the provider, and told a secret by which it is known again when it comes back. */
export interface Started {
  location: string;
  browser: BrowserSecret;
}

/** Goes into a cookie of this attempt's own, so that two tabs do not disturb each other. */
export interface BrowserSecret {
  attempt: string;
  secret: string;
}

/**
 * Starts one attempt of at most ten minutes. A link may be started as often as one likes: it is used up only by a stored connection.
 * `typed`: the tenant, where the page asks for it.
 */
export async function startFlow(
  parts: ConnectParts,
  caller: Caller,
  token: string,
  typed: string,
): Promise<{ started: Started } | { ended: Ending } | { problem: TenantProblem; open: OpenLink }> {
  const visit = await visitLink(parts, token);
  if ('ended' in visit) {
    noteFailure(parts, caller, 'connect.start', visit.link, visit.ended.outcome);
    return visit;
  }
  const { open } = visit;
  const problem = tenantProblem(open, typed);
  if (problem !== null) {
    noteFailure(parts, caller, 'connect.start', open, problem);
    return { problem, open };
  }
  await auditVisit(parts, caller, 'connect.start', open);
  return { started: await begin(parts, open, tenantToldBy(open, typed)) };
}

async function begin(
  { database, vault, publicUrl }: ConnectParts,
  open: OpenLink,
  tenant: string | null,
): Promise<Started> {
  const { link, service, app } = open;
  const { authorizationUrl: url } = atTenant(service, tenant);
  if (app === null || url === null || service.tokenUrl === null)
    throw new Error('a link that cannot be connected was opened');
  const state = secretText();
  const codeVerifier = secretText();
  const browserSecret = secretText();
  const stateHash = hashOf(state);
  const redirectUri = `${publicUrl}/oauth/callback/${link.service}`;
  // Empty: this attempt does without PKCE, whatever the service says when it comes back.
  const sealed = vault.seal('refresh', verifierContext(open, stateHash, tenant), service.pkce ? codeVerifier : '');
  await database.asTenant(link.organizationId, (tx) =>
    insertFlow(tx, {
      ...{ stateHash, organizationId: link.organizationId, linkId: link.id, appId: app.id, redirectUri, tenant },
      browserHash: hashOf(browserSecret),
      verifierSealed: sealed.record,
      verifierKeyVersion: sealed.keyVersion,
    }),
  );
  const location = authorizationUrl({
    authorizationUrl: url,
    authorizationParams: service.authorizationParams,
    clientId: app.oauthClientId,
    redirectUri,
    scopes: scopesAsked(open),
    scopeSeparator: service.scopeSeparator,
    paramNames: service.paramNames,
    state,
    codeVerifier: service.pkce ? codeVerifier : null,
  });
  return { location, browser: { attempt: attemptOf(stateHash), secret: browserSecret } };
}

/** Names the cookie of an attempt; says nothing about its state. */
export function attemptOf(stateHash: Buffer): string {
  return stateHash.subarray(0, 6).toString('hex');
}

/** Bound to the endpoints of the service as it is written, and to the tenant for which the authorization was asked. */
export function verifierContext(
  { link, service: endpoints }: { link: OpenLink['link']; service: SecretEndpoints },
  stateHash: Buffer,
  tenant: string | null,
): SealContext {
  const { organizationId, clientId, service } = link;
  return {
    organizationId,
    clientId,
    service,
    kind: 'flow',
    rowId: stateHash.toString('hex'),
    field: 'verifier',
    generation: 0,
    audience: `${secretAudience(endpoints) ?? ''}${tenant === null ? '' : ` tenant:${tenant}`}`,
  };
}

// 256 bits; as a code verifier 43 characters, the least that RFC 7636 allows.
const secretText = (): string => randomBytes(32).toString('base64url');
