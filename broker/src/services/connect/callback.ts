import { timingSafeEqual } from 'node:crypto';
import { findFlow, locateFlow, settleFlow, useUpFlow, type Flow } from '../../repositories/flows';
import type { Caller } from '../access/principal';
import { keepConsent } from './consent';
import { exchangeCode } from './exchange';
import { noteUnopened, openFlowSecrets, type FlowSecrets } from './flow-secrets';
import { hashOf, linkToken } from './link-token';
import { loadLink, troubleWith, type OpenLink } from './open-link';
import { ending, type Ending, type Outcome } from './outcome';
import type { ConnectParts } from './parts';
import { isSigned, returnedTenant } from './returned';
import { attemptOf } from './start';
import { auditVisit, endingOf, noteFailure } from './visit';

/** What the provider sent back by way of the browser (RFC 6749 section 4.1.2, RFC 9207). Nothing of it is believed. */
export interface CallbackQuery {
  state: string | null;
  code: string | null;
  iss: string | null;
  error: string | null;
  errorDescription: string | null;
  /** All of them, as they came. */
  parameters: URLSearchParams;
}

/** The cookie of an attempt; null: this browser has none. */
export type FindBrowserSecret = (attempt: string) => string | null;

/** Everything that is needed to redeem the code, taken up exactly once. */
interface TakenUp extends FlowSecrets {
  open: OpenLink;
  flow: Flow;
  /** null: none, or the answer tells. */
  tenant: string | null;
}

/** Back from the provider: whatever is wrong is found before the provider is asked anything, and each state is good for one answer. */
export async function finishFlow(
  parts: ConnectParts,
  caller: Caller,
  service: string,
  query: CallbackQuery,
  findBrowserSecret: FindBrowserSecret,
): Promise<Ending> {
  const fail = (open: OpenLink | null, ended: Ending, code: string = ended.outcome): Ending => {
    noteFailure(parts, caller, 'connect.callback', open, code);
    return ended;
  };
  const stateHash = query.state === null ? null : hashOf(query.state);
  const organizationId = stateHash && (await locateFlow(parts.lookups, stateHash));
  if (!stateHash || !organizationId) return fail(null, ending('state_unknown'));

  const secret = findBrowserSecret(attemptOf(stateHash));
  const taken = await takeUp(parts, organizationId, { stateHash, service, query, secret });
  if ('ended' in taken) return taken.repeated ? taken.ended : fail(taken.open, taken.ended, taken.code);

  await auditVisit(parts, caller, 'connect.callback', taken.open);
  const ended = await redeem(parts, taken, query.code as string);
  await parts.database.asTenant(organizationId, (tx) =>
    settleFlow(tx, taken.flow, ended.outcome, { account: ended.account, providerMessage: ended.providerMessage }),
  );
  return ended.outcome === 'connected' || ended.outcome === 'held' ? ended : fail(taken.open, ended);
}

interface Refused {
  ended: Ending;
  open: OpenLink | null;
  /** Told before: nothing new happened. */
  repeated: boolean;
  /** For the audit, where it knows more than the visitor is told. */
  code?: string;
}

interface Return {
  stateHash: Buffer;
  service: string;
  query: CallbackQuery;
  /** Of the browser's cookie; null: it has none. */
  secret: string | null;
}

/** One transaction decides, under the lock of the flow: of two callbacks with one state only one goes on. */
function takeUp(
  { database, vault }: ConnectParts,
  organizationId: string,
  { stateHash, service, query, secret }: Return,
): Promise<TakenUp | Refused> {
  return database.asTenant(organizationId, async (tx) => {
    const flow = await findFlow(tx, organizationId, stateHash);
    const open = flow && (await loadLink(tx, organizationId, { id: flow.linkId }));
    if (flow === null || open?.link.service !== service)
      return { ended: ending('state_unknown'), open, repeated: false };
    const retryToken = linkToken(vault, organizationId, open.link.id);
    const refuse = (outcome: Outcome, more: Partial<Ending> = {}): Refused => ({
      ended: endingOf(open, outcome, { retryToken, ...more }),
      open,
      repeated: false,
    });
    // Before anything else: another browser learns nothing, least of all the link, and uses nothing up.
    if (secret === null || !timingSafeEqual(hashOf(secret), flow.browserHash))
      return { ended: ending('other_browser', { locale: open.client.locale }), open, repeated: false };
    if (flow.usedAt !== null) return toldBefore(open, flow, retryToken);
    if (flow.expired) return refuse('state_expired');
    const trouble = troubleWith(open);
    if (trouble !== null) return refuse(trouble);

    await useUpFlow(tx, flow);
    const settle = async (outcome: Outcome, providerMessage: string | null = null): Promise<Refused> => {
      await settleFlow(tx, flow, outcome, { account: null, providerMessage });
      return refuse(outcome, { providerMessage });
    };
    if (isOfAnotherProvider(open, query)) return settle('provider_error');
    if (query.error !== null)
      return settle(query.error === 'access_denied' ? 'denied' : 'provider_error', inOneLine(query.errorDescription));
    if (query.code === null) return settle('provider_error');
    // The code was made for the OAuth client of then.
    if (open.app?.id !== flow.appId) return settle('exchange_failed');
    const returned = returnedTenant(open.service, flow, query.parameters);
    if (returned === 'refused') return settle('answer_refused');
    try {
      const secrets = await openFlowSecrets(tx, vault, open, flow);
      if (!isSigned(open.service, query.parameters, secrets.clientSecrets)) return await settle('answer_refused');
      return { open, flow, ...returned, ...secrets };
    } catch (error) {
      const code = await noteUnopened(tx, open, error);
      return { ...(await settle('not_configured')), code };
    }
  });
}

/** RFC 9207 section 2.4: an answer that was mixed in. Not every provider that names itself does so in errors too. */
function isOfAnotherProvider({ service: { issuer } }: OpenLink, { iss, error }: CallbackQuery): boolean {
  if (issuer === null || (iss === null && error !== null)) return false;
  return iss !== issuer;
}

/** As it can be kept and shown: jsonb takes no NUL. */
function inOneLine(text: string | null): string | null {
  return text === null ? null : text.replace(/[\p{Cc}\p{Cs}]/gu, ' ');
}

/** A reloaded page, the back button, a double click: the same story is told again, and nobody is asked anything. */
function toldBefore(open: OpenLink, { outcome, outcomeData }: Flow, retryToken: string): Refused {
  if (outcome === null) return { ended: endingOf(open, 'state_used', { retryToken }), open, repeated: false };
  const told = outcome as Outcome;
  const { account = null, providerMessage = null } = outcomeData ?? {};
  return { ended: endingOf(open, told, { account, providerMessage, retryToken }), open, repeated: true };
}

async function redeem(
  parts: ConnectParts,
  { open, flow, codeVerifier, clientSecrets, tenant }: TakenUp,
  code: string,
): Promise<Ending> {
  const retryToken = linkToken(parts.vault, open.link.organizationId, open.link.id);
  const exchanged = await exchangeCode(parts, open, {
    code,
    codeVerifier,
    redirectUri: flow.redirectUri,
    clientSecrets,
    tenant,
  });
  if ('failed' in exchanged) return endingOf(open, exchanged.failed, { retryToken });
  return keepConsent(parts, open, flow.appId, exchanged.consent);
}
