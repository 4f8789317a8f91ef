import { createHash, randomBytes } from 'node:crypto';

/** How the provider treats tokens; the modes that providers.md tells of are combinations of these. */
export interface Behaviour {
  /** What a used refresh token is worth: nothing, all, something for `graceMs`, or the whole consent when used again. */
  rotation: 'single-use' | 'none' | 'grace' | 'family-kill';
  graceMs: number;
  /** What stands in `refresh_token` when nothing was rotated. */
  unrotated: 'absent' | 'null' | 'empty' | 'same';
  /** Sent as it stands; undefined: no such field. */
  expiresIn: unknown;
  format: 'json' | 'form';
  /** A refresh ends the access token that came before. */
  refreshKillsAccessToken: boolean;
  /** More fields in every answer, such as `instance_url`. */
  extra: Readonly<Record<string, unknown>>;
}

export const BEHAVIOURS = {
  'rotate-single-use': { rotation: 'single-use' },
  'rotate-with-grace': { rotation: 'grace' },
  'rotate-family-kill': { rotation: 'family-kill' },
  'no-rotation': { rotation: 'none', unrotated: 'absent' },
  'null-refresh-token': { rotation: 'none', unrotated: 'null' },
  'empty-refresh-token': { rotation: 'none', unrotated: 'empty' },
  'same-refresh-token': { rotation: 'none', unrotated: 'same' },
  'no-expires-in': { expiresIn: undefined },
  'expires-in-zero': { expiresIn: 0 },
  'expires-in-string': { expiresIn: '3600' },
  'form-encoded': { format: 'form' },
  'refresh-kills-access-token': { refreshKillsAccessToken: true },
} as const satisfies Record<string, Partial<Behaviour>>;

export const DEFAULT_BEHAVIOUR: Behaviour = {
  rotation: 'single-use',
  graceMs: 60_000,
  unrotated: 'absent',
  expiresIn: 3600,
  format: 'json',
  refreshKillsAccessToken: false,
  extra: {},
};

/** Every secret that the provider makes up begins so: a search for it finds all leaks. */
export const CANARY = 'otbcanary';

export interface Issued {
  /** One person's consent: what `revoke` takes. */
  consent: string;
  accessToken: string;
  refreshToken: string;
  scopes: string[];
}

interface RefreshToken {
  consent: string;
  scopes: string[];
  usedAt: number | null;
}

export interface TokenAnswer {
  status: number;
  fields: Record<string, unknown>;
}
const refusal = (status: number, error: string): TokenAnswer => ({ status, fields: { error } });

/** The memory of the provider: which tokens are live, what a grant makes of them. No HTTP here. */
export class TokenBook {
  behaviour: Behaviour = { ...DEFAULT_BEHAVIOUR };
  readonly #access = new Map<string, string>();
  readonly #refresh = new Map<string, RefreshToken>();
  readonly #codes = new Map<string, { challenge: string | null; scopes: string[] }>();
  readonly #now: () => number;
  #serial = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(scopes: string[] = ['read'], consent = this.#mint('consent')): Issued {
    const accessToken = this.#mint('at');
    const refreshToken = this.#mint('rt');
    this.#access.set(accessToken, consent);
    this.#refresh.set(refreshToken, { consent, scopes, usedAt: null });
    return { consent, accessToken, refreshToken, scopes };
  }

  issueCode(codeVerifier: string | null = null, scopes: string[] = ['read']): string {
    return this.issueCodeFor(codeVerifier === null ? null : s256(codeVerifier), scopes);
  }

  issueCodeFor(challenge: string | null, scopes: string[] = ['read']): string {
    const code = this.#mint('code');
    this.#codes.set(code, { challenge, scopes });
    return code;
  }

  revoke(consent: string): void {
    for (const [token, owner] of this.#access) if (owner === consent) this.#access.delete(token);
    for (const [token, { consent: owner }] of this.#refresh) if (owner === consent) this.#refresh.delete(token);
  }

  expireAccessTokens(): void {
    this.#access.clear();
  }

  consentOf(accessToken: string): string | null {
    return this.#access.get(accessToken) ?? null;
  }

  isLive(refreshToken: string): boolean {
    const known = this.#refresh.get(refreshToken);
    return known !== undefined && (known.usedAt === null || this.#inGrace(known.usedAt));
  }

  answer(form: URLSearchParams): TokenAnswer {
    const grants: Partial<Record<string, () => TokenAnswer>> = {
      refresh_token: () => this.#refreshed(form.get('refresh_token') ?? ''),
      client_credentials: () => this.#granted(form.get('scope')?.split(' ') ?? [], this.#mint('consent'), undefined),
      authorization_code: () => this.#exchanged(form),
    };
    return grants[form.get('grant_type') ?? '']?.() ?? refusal(400, 'unsupported_grant_type');
  }

  #refreshed(token: string): TokenAnswer {
    const known = this.#refresh.get(token);
    if (known === undefined) return refusal(400, 'invalid_grant');
    const { rotation, unrotated, refreshKillsAccessToken } = this.behaviour;
    if (known.usedAt !== null && !this.#inGrace(known.usedAt)) {
      if (rotation === 'family-kill') this.revoke(known.consent);
      return refusal(400, 'invalid_grant');
    }
    if (refreshKillsAccessToken)
      for (const [at, owner] of this.#access) if (owner === known.consent) this.#access.delete(at);
    if (rotation === 'none') {
      const inAnswer = { absent: undefined, null: null, empty: '', same: token }[unrotated];
      return this.#granted(known.scopes, known.consent, inAnswer);
    }
    known.usedAt ??= this.#now();
    return this.#granted(known.scopes, known.consent, this.#successor(known));
  }

  #successor({ consent, scopes }: RefreshToken): string {
    const refreshToken = this.#mint('rt');
    this.#refresh.set(refreshToken, { consent, scopes, usedAt: null });
    return refreshToken;
  }

  #exchanged(form: URLSearchParams): TokenAnswer {
    const code = form.get('code') ?? '';
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    const verifier = form.get('code_verifier');
    // A verifier for a request without a challenge is what a downgrade looks like (RFC 9700 section 4.8.2).
    const verified = (verifier === null ? null : s256(verifier)) === known?.challenge;
    if (known === undefined || !verified) return refusal(400, 'invalid_grant');
    const { consent, refreshToken } = this.issue(known.scopes);
    return this.#granted(known.scopes, consent, refreshToken);
  }

  #granted(scopes: string[], consent: string, refreshToken: string | null | undefined): TokenAnswer {
    const { expiresIn, extra } = this.behaviour;
    const accessToken = this.#mint('at');
    this.#access.set(accessToken, consent);
    const fields = {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
      refresh_token: refreshToken,
      scope: scopes.length > 0 ? scopes.join(' ') : undefined,
      ...extra,
    };
    return { status: 200, fields };
  }

  #inGrace(usedAt: number): boolean {
    return this.behaviour.rotation === 'grace' && this.#now() - usedAt <= this.behaviour.graceMs;
  }

  #mint(kind: string): string {
    this.#serial += 1;
    return `${CANARY}-${kind}-${this.#serial}-${randomBytes(12).toString('hex')}`;
  }
}

const s256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');
