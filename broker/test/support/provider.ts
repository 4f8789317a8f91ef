import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import {
  CANARY,
  startScriptedProvider,
  type Asked,
  type Behaviour,
  type Commands,
  type Fault,
  type Issued,
  type Mode,
  type ModeName,
  type ScriptedProvider,
  type ScriptedProviderOptions,
} from '../../../provider/scripted/provider.cjs';

export { CANARY };
export type { Behaviour, Fault, Issued, Mode, ModeName };

/** One request that arrived, in the order of arrival. */
export interface ProviderCall {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Its parameters, from a form, a JSON body or, with GET, the query. */
  form: URLSearchParams;
  clientId: string | null;
  clientSecret: string | null;
  /** The refresh token that it carried. */
  refreshToken: string | null;
  /** Milliseconds since the epoch. */
  at: number;
}

/** The scriptable provider (provider/scripted) in the test's own process, with what tests ask for most in fewer words. */
export interface Provider extends Pick<
  ScriptedProvider,
  'url' | 'tokenUrl' | 'renewalUrl' | 'revocationUrl' | 'apiUrl' | 'clientId' | 'clientSecrets'
> {
  /** Everything that it can be told. */
  commands: Commands;
  journal: ScriptedProvider['journal'];
  /** Every call of a token endpoint, secrets and all. */
  calls: ProviderCall[];
  /** Every call of the revocation endpoint. */
  revocations: ProviderCall[];
  /** A consent with its first tokens, as if somebody had just connected. */
  issue(scopes?: string[]): Issued;
  /** An authorization code; with a verifier, the exchange must show it (PKCE S256). */
  issueCode(codeVerifier?: string | null): string;
  /** An authorization code for a request with this challenge; null: it had none. */
  issueCodeFor(codeChallenge: string | null): string;
  /** From now on. */
  behave(mode: Mode): void;
  /** For the next call of the token endpoint, or the next `times`; queued. */
  next(fault: Fault, times?: number): void;
  /** For every call of the token endpoint until null. `next` goes before it. */
  always(fault: Fault | null): void;
  /** The person takes the consent back: all its tokens die. */
  revoke(consent: string): void;
  expireAccessTokens(): void;
  isLive(refreshToken: string): boolean;
  accepts(accessToken: string): boolean;
  callsWith(refreshToken: string): number;
  /** Resolves once `calls` has that many entries. */
  received(count: number): Promise<void>;
  /** Forgets calls, faults and behaviours; tokens stay. */
  reset(): void;
  close(): Promise<void>;
}

export async function startProvider(
  options: Omit<ScriptedProviderOptions, 'onCall' | 'onRevocation'> = {},
): Promise<Provider> {
  const calls: ProviderCall[] = [];
  const revocations: ProviderCall[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const provider = await startScriptedProvider({
    ...options,
    onCall: (call) => {
      calls.push(callOf(call));
      arrivals.emit('call');
    },
    onRevocation: (call) => void revocations.push(callOf(call)),
  });
  const { url, tokenUrl, renewalUrl, revocationUrl, apiUrl, clientId, clientSecrets, journal, commands, close } =
    provider;
  return {
    ...{ url, tokenUrl, renewalUrl, revocationUrl, apiUrl, clientId, clientSecrets },
    ...{ journal, commands, calls, revocations, close },
    issue: (scopes) => commands.issue(scopes === undefined ? {} : { scopes }),
    issueCode: (codeVerifier = null) => commands.code({ challenge: codeVerifier === null ? null : s256(codeVerifier) }),
    issueCodeFor: (challenge) => commands.code({ challenge }),
    behave: (mode) => {
      commands.behave({ mode });
    },
    next: (fault, times = 1) => {
      commands.next({ fault, times });
    },
    always: (fault) => {
      commands.always({ fault });
    },
    revoke: (consent) => {
      commands.revoke({ consent });
    },
    expireAccessTokens: () => {
      commands['expire-access-tokens']();
    },
    isLive: (refreshToken) => commands.judge({ refreshToken }).refresh.live,
    accepts: (accessToken) => commands.judge({ accessToken }).access.live,
    callsWith: (refreshToken) => calls.filter((call) => call.refreshToken === refreshToken).length,
    received: (count) => arrived(arrivals, calls, count),
    reset: () => {
      calls.length = revocations.length = 0;
      commands.reset();
    },
  };
}

function callOf({ request, asked, at }: { request: Request; asked: Asked; at: number }): ProviderCall {
  const { method = '', url: path = '', headers } = request;
  const { clientId, clientSecret } = asked.client;
  const form = asked.parameters;
  return { method, path, headers, form, clientId, clientSecret, refreshToken: form.get('refresh_token'), at };
}
type Request = Parameters<NonNullable<ScriptedProviderOptions['onCall']>>[0]['request'];

async function arrived(arrivals: EventEmitter, calls: readonly ProviderCall[], count: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (calls.length < count) return;
      arrivals.off('call', check);
      resolve();
    };
    arrivals.on('call', check);
    check();
  });
}

const s256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');
