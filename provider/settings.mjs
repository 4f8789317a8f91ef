// What oidc-provider is told to be.
import { randomBytes } from 'node:crypto';

import { claimsOf } from './accounts.mjs';
import { errorPage } from './sign-in-pages.mjs';
import { sendPage } from './page.mjs';

const DAY_SECONDS = 86_400;

/** In plain words, as the consent page says them. */
export const SCOPES = {
  openid: 'Know which account this is',
  offline_access: 'Stay connected while you are away',
  email: 'See your e-mail address',
  'calendar.read': 'Read your calendar',
  'contacts.read': 'Read your contacts',
};

export const SCOPES_WITHOUT_BROWSER = 'openid offline_access';

/** `knobs.accessTokenSeconds` is read anew for each token. */
export function settings({ clientId, clientSecret, redirectUris, knobs }) {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirect_uris: redirectUris,
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true },
    },
    findAccount: (_context, accountId) => ({ accountId, claims: () => claimsOf(accountId) }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    // The id_token says the e-mail address too, as Google's does.
    conformIdTokenClaims: false,
    scopes: Object.keys(SCOPES),
    pkce: { required: () => true },
    rotateRefreshToken: () => true,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    // Nobody stays signed in here, and a connection must not end with a session.
    expiresWithSession: () => false,
    cookies: { keys: [randomBytes(32).toString('hex')] },
    renderError: (context, { error, error_description: description }) => {
      context.respond = false;
      sendPage(context.res, errorPage({ error, description }), context.status);
    },
    ttl: {
      AccessToken: () => knobs.accessTokenSeconds,
      ClientCredentials: () => knobs.accessTokenSeconds,
      Grant: DAY_SECONDS,
      RefreshToken: DAY_SECONDS,
      IdToken: 3600,
      Interaction: 3600,
      Session: 3600,
    },
  };
}
