import type { ClaimedN8nCredential } from '../../repositories/n8n-pushes';
import type { N8nCredentialBody } from './n8n-api';
import type { N8nOrder } from './n8n-contexts';

/** What n8n has in place of the OAuth client's secret, which it never needs: without a refresh token it asks no token endpoint. */
const KEPT_ELSEWHERE = 'kept by Otobot';

/** By which a credential of ours is found again, whatever became of its id: n8n takes none of the sender's choice. */
export const markOf = (id: string): string => `(otobot:${id.replaceAll('-', '').slice(0, 16)})`;

/** As it stands in n8n's lists and drop-downs. */
export const nameThere = (title: string, id: string): string => `${title} ${markOf(id)}`;

/**
 * A credential as n8n takes it: a token that it uses as long as it lives. No refresh token, or n8n would use it up behind our back; and none of the
 * type's hidden fields, which are a 400.
 */
export function pushedBody(claim: ClaimedN8nCredential, order: N8nOrder, secret: string): N8nCredentialBody {
  const { id, scopes, baseUrl, expiresAt, now } = claim;
  const expiresIn = expiresAt && Math.max(1, Math.floor((expiresAt.getTime() - now.getTime()) / 1_000));
  const oauthTokenData = {
    access_token: secret,
    token_type: 'Bearer',
    ...(expiresIn === null ? {} : { expires_in: expiresIn }),
    ...(scopes === null ? {} : { scope: scopes.join(' ') }),
    // Where nodes look for the host of the account: Salesforce's, and Zoho's and Pipedrive's.
    ...(baseUrl === null ? {} : { instance_url: baseUrl, api_domain: baseUrl }),
  };
  const client = { clientId: KEPT_ELSEWHERE, clientSecret: KEPT_ELSEWHERE };
  return { name: nameThere(order.title, id), type: order.type, data: { ...order.fields, ...client, oauthTokenData } };
}
