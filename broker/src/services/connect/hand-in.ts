import { getJson } from '../../outbound/get-json';
import { useUpConnectLink } from '../../repositories/connect-links';
import { lockService, type Service } from '../../repositories/services';
import { NO_ENDS } from '../../types/consent-ends';
import type { Caller } from '../access/principal';
import { storeConnection } from '../connections/store-connection';
import { basicAuthorization, headerValue } from '../request-header';
import { meetingOthers } from './meeting-others';
import { loadLink, troubleWith, type OpenLink } from './open-link';
import { ending, type Ending } from './outcome';
import type { ConnectParts } from './parts';
import { auditVisit, endingOf, noteFailure, visitLink } from './visit';

/** What was typed into the form of a service with API keys, or with user name and password. */
export type HandedIn = { apiKey: string } | { username: string; password: string };

export type FormProblem = 'missing' | 'rejected' | 'unreachable';

const CHECK_TIMEOUT_MS = 10_000;
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 422]);

/** Takes a key over: checked with a harmless call where the service has one, sealed, and only then is the link used up. */
export async function handIn(
  parts: ConnectParts,
  caller: Caller,
  token: string,
  handed: HandedIn,
): Promise<{ ended: Ending } | { problem: FormProblem; open: OpenLink }> {
  const visit = await visitLink(parts, token);
  if ('ended' in visit) {
    noteFailure(parts, caller, 'connect.hand-in', visit.link, visit.ended.outcome);
    return visit;
  }
  const { open } = visit;
  if (Object.values(handed).some((value: string) => value === '')) return { problem: 'missing', open };
  if (!fitsHeader(handed)) return { problem: 'rejected', open };
  await auditVisit(parts, caller, 'connect.hand-in', open);
  const problem = await problemWith(parts, open.service, handed);
  return problem === null ? { ended: await keep(parts, open, handed) } : { problem, open };
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

function headersOf({ requestHeader, requestScheme }: Service, handed: HandedIn): Record<string, string> {
  if ('username' in handed) return { Authorization: basicAuthorization(handed) };
  return { [requestHeader]: headerValue(requestScheme ?? 'Bearer', handed.apiKey) };
}

function keep({ database, vault }: ConnectParts, { link }: OpenLink, handed: HandedIn): Promise<Ending> {
  const { organizationId, clientId, service, name } = link;
  return meetingOthers(database, organizationId, async (tx) => {
    await lockService(tx, service, 'shared');
    const open = await loadLink(tx, organizationId, { id: link.id }, true);
    if (open === null) return ending('link_unknown');
    const trouble = troubleWith(open);
    if (trouble !== null) return endingOf(open, trouble);
    const connectionId = await storeConnection(tx, vault, { organizationId, clientId, service, name }, open.service, {
      kind: 'username' in handed ? 'basic' : 'api_key',
      secrets: { access: 'username' in handed ? JSON.stringify(handed) : handed.apiKey, refresh: null },
      ...{
        appId: null,
        tokenType: null,
        scopes: null,
        baseUrl: null,
        ends: NO_ENDS,
        account: null,
        metadata: null,
      },
      ...{ expiresAt: null, lifetimeSeconds: null, nextRefreshAt: null },
    });
    await useUpConnectLink(tx, organizationId, link.id, connectionId);
    return endingOf(open, 'connected');
  });
}
