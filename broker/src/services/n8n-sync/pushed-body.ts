import { z } from 'zod';
import { findN8nCredentialType } from '../../providers/n8n-credential-types';
import type { ClaimedN8nCredential } from '../../repositories/n8n-pushes';
import type { N8nCredentialBody } from './n8n-api';
import type { N8nOrder } from './n8n-contexts';

/** What n8n has in place of the OAuth client's secret, which it never needs: without a refresh token it asks no token endpoint. */
const KEPT_ELSEWHERE = 'kept by Otobot';

/** By which a credential of ours is found again, whatever became of its id: n8n takes none of the sender's choice. */
export const markOf = (id: string): string => `(otobot:${id.replaceAll('-', '').slice(0, 16)})`;

/** As it stands in n8n's lists and drop-downs. */
export const nameThere = (title: string, id: string): string => `${title} ${markOf(id)}`;

/** A credential as n8n takes it: what carries the token, beside the fields that were ordered. */
export function pushedBody(claim: ClaimedN8nCredential, order: N8nOrder, secret: string): N8nCredentialBody {
  const { type, title, fields } = order;
  return { name: nameThere(title, claim.id), type, data: { ...fields, ...secretFields(claim, type, secret) } };
}

function secretFields(claim: ClaimedN8nCredential, type: string, secret: string): Readonly<Record<string, unknown>> {
  const known = findN8nCredentialType(type);
  if (known?.kind === 'api_key') return { [known.secret]: secret };
  if (known?.kind === 'basic') {
    const { username, password } = userOf.parse(JSON.parse(secret));
    return { [known.username]: username, [known.password]: password };
  }
  const oauthTokenData = tokenData(claim, secret);
  return { clientId: KEPT_ELSEWHERE, clientSecret: KEPT_ELSEWHERE, oauthTokenData };
}

/** As it is sealed for connections of kind `basic`. */
const userOf = z.object({ username: z.string(), password: z.string() });

/**
 * A token that n8n uses as long as it lives: without a refresh token, or n8n would use it up behind our back. Hidden fields of the type are a 400.
 */
function tokenData({ scopes, baseUrl, expiresAt, now }: ClaimedN8nCredential, token: string): Record<string, unknown> {
  const expiresIn = expiresAt && Math.max(1, Math.floor((expiresAt.getTime() - now.getTime()) / 1_000));
  return {
    access_token: token,
    token_type: 'Bearer',
    ...(expiresIn === null ? {} : { expires_in: expiresIn }),
    ...(scopes === null ? {} : { scope: scopes.join(' ') }),
    // Where nodes look for the host of the account: Salesforce's, and Zoho's and Pipedrive's.
    ...(baseUrl === null ? {} : { instance_url: baseUrl, api_domain: baseUrl }),
  };
}
