import type { Scope } from '../../src/secrets/scopes';
import type { Objects } from './stage';

/** What a route has to answer, by who asks for what. */
export interface Row {
  /** Needed on the key; `any`: every valid key; `public`: none at all. */
  scope: Scope | 'any' | 'public';
  /** The status for the owner who asks for his own. */
  own: number;
  /** The status for a key of the same organization that is limited to another of its clients. */
  limited: number;
  /** What it takes, about these objects. */
  body?: (objects: Objects) => object;
  /** In the query, about these objects: lists that can be asked for one. */
  query?: (objects: Objects) => string;
}

const PAGE = (status: number): Row => ({ scope: 'public', own: status, limited: status });
const APP = () => ({ clientId: 'oauth', clientSecrets: ['s'] });
const READ = { own: 200, limited: 200 };
const ONES = { own: 200, limited: 403 };
// A key that reaches further than the one that asks is not shown to it.
const WIDER = { own: 200, limited: 404 };
const byClient = ({ clientId }: Objects): string => `clientId=${clientId}`;
const named = ({ clientId, service }: Objects) => ({ clientId, service });

/**
 * One row per route, in an order in which the owner may send them one after the other. A route that is missing here fails the test: say of a
 * new one who may have what of it, before anybody can.
 */
export const ROUTES: Readonly<Record<string, Row>> = {
  'GET /health': PAGE(200),
  'GET /ready': PAGE(200),
  'GET /openapi.json': PAGE(200),
  'GET /docs': PAGE(200),
  // Authenticates in a way of its own: test/token.
  'POST /oauth2/token': PAGE(400),
  'GET /connect/:token': PAGE(404),
  'POST /connect/:token': PAGE(404),
  'GET /oauth/callback/:service': PAGE(400),

  'GET /v1/whoami': { scope: 'any', ...READ },
  'GET /v1/credentials/:clientId/:service': { scope: 'credentials:read', ...ONES },
  'POST /v1/grants': { scope: 'credentials:read', ...ONES, body: named },

  'GET /v1/clients': { scope: 'clients:read', ...READ },
  'POST /v1/clients': {
    scope: 'clients:write',
    own: 201,
    limited: 403,
    body: () => ({ clientId: 'newcomer', name: 'n' }),
  },
  'GET /v1/clients/:clientId': { scope: 'clients:read', ...ONES },
  'PATCH /v1/clients/:clientId': { scope: 'clients:write', ...ONES, body: () => ({ name: 'x' }) },
  'POST /v1/clients/:clientId/suspend': { scope: 'clients:write', ...ONES, body: () => ({ revoke: true }) },
  'POST /v1/clients/:clientId/resume': { scope: 'clients:write', ...ONES },
  'PUT /v1/clients/:clientId/apps/:service': { scope: 'services:write', ...ONES, body: APP },

  'GET /v1/services': { scope: 'services:read', ...READ },
  'POST /v1/services': {
    scope: 'services:write',
    own: 201,
    limited: 403,
    body: () => ({ name: 'newcomer', oauthType: 'api_key' }),
  },
  'GET /v1/services/:service': { scope: 'services:read', ...READ },
  'PATCH /v1/services/:service': { scope: 'services:write', ...ONES, body: () => ({ displayName: 'x' }) },
  'POST /v1/services/:service/suspend': { scope: 'services:write', ...ONES, body: () => ({ revoke: true }) },
  'POST /v1/services/:service/resume': { scope: 'services:write', ...ONES },
  'POST /v1/services/:service/move': {
    scope: 'services:write',
    ...ONES,
    body: () => ({ tokenUrl: 'https://login.crm.example/token' }),
  },
  'PUT /v1/services/:service/app': { scope: 'services:write', ...ONES, body: APP },

  'GET /v1/connections': { scope: 'connections:read', ...ONES, query: byClient },
  'POST /v1/connections': {
    ...{ scope: 'connections:write', own: 201, limited: 403 },
    body: (objects) => ({ ...named(objects), accessToken: 'a', refreshToken: 'r' }),
  },
  'POST /v1/imports': {
    ...{ scope: 'connections:write', own: 200, limited: 403 },
    body: (objects) => ({ entries: [{ source: 'x', ...named(objects), accessToken: 'a', refreshToken: 'r' }] }),
  },
  'GET /v1/connections/:id': { scope: 'connections:read', ...ONES },
  'GET /v1/connections/:id/history': { scope: 'connections:read', ...ONES },
  'GET /v1/connections/:id/usage': { scope: 'connections:read', ...ONES },
  'POST /v1/connections/:id/disable': { scope: 'connections:write', ...ONES },
  'POST /v1/connections/:id/enable': { scope: 'connections:write', ...ONES },
  'POST /v1/connections/:id/refresh': { scope: 'connections:write', ...ONES },
  'POST /v1/connections/:id/held/accept': { scope: 'connections:write', own: 409, limited: 403 },
  'POST /v1/connections/:id/held/reject': { scope: 'connections:write', own: 409, limited: 403 },

  'GET /v1/connect-links': { scope: 'connect:write', ...READ },
  'POST /v1/connect-links': { scope: 'connect:write', own: 201, limited: 403, body: named },

  'GET /v1/access-keys': { scope: 'access-keys:write', ...READ },
  'POST /v1/access-keys': {
    scope: 'access-keys:write',
    own: 201,
    limited: 201,
    body: () => ({ name: 'k', preset: 'n8n' }),
  },
  'GET /v1/access-keys/:id': { scope: 'access-keys:write', ...WIDER },
  'PATCH /v1/access-keys/:id': { scope: 'access-keys:write', ...WIDER, body: () => ({ name: 'x' }) },
  'POST /v1/access-keys/:id/reroll': {
    scope: 'access-keys:write',
    own: 201,
    limited: 404,
    body: () => ({ graceSeconds: 60 }),
  },
  'POST /v1/access-keys/:id/revoke': { scope: 'access-keys:write', ...WIDER, body: () => ({}) },

  'GET /v1/webhooks': { scope: 'webhooks:write', ...READ },
  'POST /v1/webhooks': {
    scope: 'webhooks:write',
    own: 201,
    limited: 403,
    body: (objects) => ({ url: 'https://hooks.example/new', ...named(objects) }),
  },
  'GET /v1/webhooks/:id': { scope: 'webhooks:write', ...WIDER },
  'PATCH /v1/webhooks/:id': { scope: 'webhooks:write', ...WIDER, body: () => ({ description: 'x' }) },
  'POST /v1/webhooks/:id/rotate-secret': { scope: 'webhooks:write', ...WIDER },
  'POST /v1/webhooks/:id/test': { scope: 'webhooks:write', ...WIDER },
  'GET /v1/webhooks/:id/deliveries': { scope: 'webhooks:write', ...WIDER },
  'POST /v1/webhooks/:id/replay': {
    scope: 'webhooks:write',
    ...WIDER,
    body: () => ({ since: '2026-11-20T00:00:00Z' }),
  },
  'POST /v1/webhooks/:id/deliveries/:deliveryId/replay': { scope: 'webhooks:write', ...WIDER },

  'GET /v1/audit': { scope: 'audit:read', ...ONES, query: byClient },
  // Over all organizations: only the operator's may ask, whatever its limits. It tells of nobody.
  'GET /v1/audit/head': { scope: 'audit:read', own: 403, limited: 403 },
  'GET /v1/audit/export': { scope: 'audit:read', ...ONES, query: byClient },

  'GET /v1/n8n-instances': { scope: 'n8n-sync:write', ...ONES },
  'POST /v1/n8n-instances': {
    ...{ scope: 'n8n-sync:write', own: 201, limited: 403 },
    body: () => ({ name: 'newcomer', url: 'http://127.0.0.1:9', apiKey: 'k' }),
  },
  'POST /v1/n8n-instances/:id/check': { scope: 'n8n-sync:write', ...ONES },
  'GET /v1/n8n-instances/:id/credentials': { scope: 'n8n-sync:write', ...READ },
  'POST /v1/n8n-instances/:id/credentials': {
    ...{ scope: 'n8n-sync:write', own: 201, limited: 403 },
    body: (objects) => ({ ...named(objects), type: 'crmApi' }),
  },
  'POST /v1/n8n-instances/:id/credentials/:credentialId/push': { scope: 'n8n-sync:write', ...ONES },
  'DELETE /v1/n8n-instances/:id/credentials/:credentialId': { scope: 'n8n-sync:write', ...ONES },
  'DELETE /v1/n8n-instances/:id': { scope: 'n8n-sync:write', ...ONES },

  'DELETE /v1/webhooks/:id': { scope: 'webhooks:write', own: 204, limited: 404 },
  'DELETE /v1/connect-links/:id': { scope: 'connect:write', own: 204, limited: 403 },
  'DELETE /v1/connections/:id': { scope: 'connections:write', ...ONES },
  'DELETE /v1/services/:service': { scope: 'services:write', own: 204, limited: 403 },
  'DELETE /v1/clients/:clientId': { scope: 'clients:write', ...ONES },
};

/** Whether a request of this route is about an object that somebody owns. */
export const isAboutAnObject = (name: string, { body, scope }: Row): boolean =>
  scope !== 'public' && (name.includes(':') || (body !== undefined && JSON.stringify(body(PROBE)).includes('probe')));

const PROBE: Objects = {
  clientId: 'probe',
  service: 'probe',
  connection: 'probe',
  accessKey: 'probe',
  connectLink: 'probe',
  n8nInstance: 'probe',
  n8nCredential: 'probe',
  webhook: 'probe',
  delivery: 'probe',
};

/** The request of a route about these objects. */
export function requestOf(
  name: string,
  { body, query }: Row,
  objects: Objects,
): { method: string; path: string; body?: object } {
  const [method = '', pattern = ''] = name.split(' ');
  const [, , kind = ''] = pattern.split('/');
  const ids: Record<string, string> = {
    ...{ 'access-keys': objects.accessKey, 'connect-links': objects.connectLink, webhooks: objects.webhook },
    'n8n-instances': objects.n8nInstance,
  };
  const id = ids[kind] ?? objects.connection;
  const path = pattern
    .replace(':clientId', objects.clientId)
    .replace(':service', objects.service)
    .replace(':id', id)
    .replace(':credentialId', objects.n8nCredential)
    .replace(':deliveryId', objects.delivery)
    .replace(':token', 'x'.repeat(54));
  const about = query === undefined ? path : `${path}?${query(objects)}`;
  return { method, path: about, ...(body === undefined ? {} : { body: body(objects) }) };
}
