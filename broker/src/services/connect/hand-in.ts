import { getJson } from '../../outbound/get-json';
import { atTenant } from '../../providers/tenant';
import { useUpConnectLink } from '../../repositories/connect-links';
import { lockService, type Service } from '../../repositories/services';
import { NO_ENDS } from '../../types/consent-ends';
import type { Caller } from '../access/principal';
import { databaseNow } from '../../repositories/clock';
import { lifespanOf } from '../connections/material';
import { renewingSecret } from '../refresh/way';
import { storeConnection, type Handover } from '../connections/store-connection';
import { basicAuthorization, tokenHeader } from '../request-header';
import { hold, isOtherTenant, ownerOf } from './consent';
import { linkToken } from './link-token';
import { meetingOthers } from './meeting-others';
import { loadLink, troubleWith, type OpenLink } from './open-link';
import { ending, type Ending } from './outcome';
import type { ConnectParts } from './parts';
import { tenantProblem, tenantToldBy, type TenantProblem } from './tenant';
import { auditVisit, endingOf, noteFailure, visitLink } from './visit';

/** What was typed into the form of a service with API keys, or with user name and password. */
export type HandedIn = { apiKey: string } | { username: string; password: string };

export type FormProblem = 'missing' | 'rejected' | 'unreachable' | TenantProblem;

const CHECK_TIMEOUT_MS = 10_000;
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 422]);

/** Takes a key over: checked with a harmless call where the service has one, sealed, and only then is the link used up. */
export async function handIn(
  parts: ConnectParts,
  caller: Caller,
  token: string,
  handed: HandedIn,
  typed: string,
): Promise<{ ended: Ending } | { problem: FormProblem; open: OpenLink }> {
  const visit = await visitLink(parts, token);
  if ('ended' in visit) {
    noteFailure(parts, caller, 'connect.hand-in', visit.link, visit.ended.outcome);
    return visit;
  }
  const { open } = visit;
  const wrongTenant = tenantProblem(open, typed);
  if (wrongTenant !== null) {
    noteFailure(parts, caller, 'connect.hand-in', open, wrongTenant);
    return { problem: wrongTenant, open };
  }
  const tenant = tenantToldBy(open, typed);
  if (Object.values(handed).some((value: string) => value === '')) return { problem: 'missing', open };
  if (!fitsHeader(handed)) return { problem: 'rejected', open };
  await auditVisit(parts, caller, 'connect.hand-in', open);
  const problem = await problemWith(parts, atTenant(open.service, tenant), handed);
  return problem === null ? { ended: await keep(parts, open, handed, tenant) } : { problem, open };
}

async function problemWith({ agents }: ConnectParts, service: Service, handed: HandedIn): Promise<FormProblem | null> {
  if (service.verifyUrl === null) return null;
  const answer = await getJson({
    url: service.verifyUrl,
    headers: headersOf(service, handed),
    agents,
    timeoutMs: CHECK_TIMEOUT_MS,
  });
  const status = answer?.status ?? 0;
  // 403 means that the key is known and may not do just this (RFC 9110 section 15.5.4): restricted keys are keys.
  if ((status >= 200 && status < 300) || status === 403) return null;
  // Anything else, such as a redirect to a sign-in page, says nothing about the key.
  return REFUSALS.has(status) ? 'rejected' : 'unreachable';
}

/** What no request could carry is no key, whatever it is. */
function fitsHeader(handed: HandedIn): boolean {
  if ('username' in handed) return !handed.username.includes(':'); // RFC 7617 section 2
  return /^[\x21-\x7e]+$/.test(handed.apiKey);
}

function headersOf(service: Service, handed: HandedIn): Record<string, string> {
  if ('username' in handed) return { Authorization: basicAuthorization(handed) };
  const { name, value } = tokenHeader(service, handed.apiKey);
  return { [name]: value };
}

const ENDLESS = { expiresAt: null, lifetimeSeconds: null, nextRefreshAt: null };

function keep(
  { database, vault }: ConnectParts,
  { link }: OpenLink,
  handed: HandedIn,
  tenant: string | null,
): Promise<Ending> {
  const { organizationId, service } = link;
  return meetingOthers(database, organizationId, async (tx) => {
    await lockService(tx, service, 'shared');
    const open = await loadLink(tx, organizationId, { id: link.id }, true);
    if (open === null) return ending('link_unknown');
    const trouble = troubleWith(open);
    if (trouble !== null) return endingOf(open, trouble);
    const isLongLived = open.service.oauthType === 'long_lived';
    const kind = isLongLived ? 'long_lived' : 'username' in handed ? 'basic' : 'api_key';
    const access = 'username' in handed ? JSON.stringify(handed) : handed.apiKey;
    const now = await databaseNow(tx);
    const lifespan = isLongLived
      ? lifespanOf(kind, { accessToken: access }, open.service, { now, random: Math.random(), movingEndAt: null })
      : ENDLESS;
    const handover: Handover = {
      kind,
      secrets: { access, refresh: renewingSecret(kind, open.service, { access, refresh: null }) },
      ...{
        appId: isLongLived ? (open.app?.id ?? null) : null,
        tokenType: isLongLived ? 'Bearer' : null,
        scopes: null,
        baseUrl: null,
        ends: NO_ENDS,
        account: null,
        tenant,
        metadata: null,
      },
      ...lifespan,
    };
    if (isOtherTenant(open.connection, tenant)) {
      await hold(tx, vault, open, handover);
      return endingOf(open, 'held', { account: tenant, retryToken: linkToken(vault, organizationId, link.id) });
    }
    const connectionId = await storeConnection(tx, vault, ownerOf(open), open.service, handover);
    await useUpConnectLink(tx, organizationId, link.id, connectionId);
    return endingOf(open, 'connected');
  });
}
