import { createHash } from 'node:crypto';
import type { ParamNames } from '../types/dialect';

export interface AuthorizationRequest {
  authorizationUrl: string;
  /** Of the service, such as access_type=offline. They never replace one of ours. */
  authorizationParams: Readonly<Record<string, string>>;
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
  scopeSeparator: string;
  paramNames: ParamNames;
  state: string;
  /** 43 to 128 characters (RFC 7636 section 4.1); null where the provider does not do PKCE. */
  codeVerifier: string | null;
}

/** Where the browser is sent to ask for consent: RFC 6749 section 4.1.1 with PKCE S256. Throws TypeError for a URL that is none. */
export function authorizationUrl(request: AuthorizationRequest): string {
  const url = new URL(request.authorizationUrl);
  const names = request.paramNames;
  const ours: Record<string, string> = {
    response_type: 'code',
    [names.client_id ?? 'client_id']: request.clientId,
    redirect_uri: request.redirectUri,
    state: request.state,
    ...(request.scopes.length === 0 ? {} : { [names.scope ?? 'scope']: request.scopes.join(request.scopeSeparator) }),
    ...(request.codeVerifier === null
      ? {}
      : {
          code_challenge: createHash('sha256').update(request.codeVerifier).digest('base64url'),
          code_challenge_method: 'S256',
        }),
  };
  for (const [name, value] of Object.entries({ ...request.authorizationParams, ...ours }))
    url.searchParams.set(name, value);
  return url.href;
}
