import type {
  Brand,
  ConnectPageModel,
  Language,
  Outcome,
  OutcomePageModel,
  TenantField,
} from '../../broker/src/http/pages/models';

export const BRAND: Brand = { name: 'Studio Nordlicht', logoUrl: null, color: '#0f5c5c' };

const SCOPES: Record<Language, ConnectPageModel['scopes']> = {
  en: [
    { scope: 'https://www.googleapis.com/auth/gmail.send', text: 'Send e-mail on your behalf' },
    { scope: 'https://www.googleapis.com/auth/calendar.readonly', text: 'See your calendars and their events' },
  ],
  fr: [
    { scope: 'https://www.googleapis.com/auth/gmail.send', text: 'Envoyer des e-mails en votre nom' },
    {
      scope: 'https://www.googleapis.com/auth/calendar.readonly',
      text: 'Consulter vos agendas et leurs événements',
    },
  ],
};
const REASON: Record<Language, string> = {
  en: 'We send your order confirmations from your own address, and look up free delivery days.',
  fr: 'Nous envoyons vos confirmations de commande depuis votre propre adresse et cherchons les jours de livraison libres.',
};

export function connectSample(language: Language, changes: Partial<ConnectPageModel> = {}): ConnectPageModel {
  return {
    language,
    brand: BRAND,
    clientName: 'Boulangerie Martin',
    serviceName: 'Google',
    kind: 'oauth',
    scopes: SCOPES[language],
    reason: REASON[language],
    reconnect: null,
    action: '/connect/sample',
    authorizationOrigin: 'https://accounts.google.com',
    formProblem: null,
    tenant: null,
    expiresAt: new Date('2026-11-26T10:00:00Z'),
    ...changes,
  };
}

const OF_A_SHOP: Partial<ConnectPageModel> = {
  serviceName: 'Shopify',
  authorizationOrigin: null,
  scopes: [{ scope: 'read_orders', text: null }],
  reason: null,
};
const SHOP: TenantField = {
  ...{ hosts: null, example: 'acme-store', address: 'acme-store.myshopify.com' },
  ...{ value: '', problem: null },
};

/** The Connect page in every form that it takes. */
export const CONNECT_FORMS: Record<string, Partial<ConnectPageModel>> = {
  connect: {},
  'connect-again': { reconnect: { account: 'anna@boulangerie-martin.example' } },
  'connect-again-unknown': { reconnect: { account: null }, reason: null },
  'connect-unnamed': { scopes: [{ scope: 'crm.objects.contacts.read', text: null }] },
  'connect-no-scopes': { scopes: [], reason: null },
  'connect-tenant': { ...OF_A_SHOP, tenant: SHOP },
  'connect-tenant-missing': {
    ...OF_A_SHOP,
    tenant: { ...SHOP, value: '', problem: 'missing' },
  },
  'connect-tenant-unknown': {
    ...OF_A_SHOP,
    tenant: { ...SHOP, value: 'ma boutique', problem: 'unknown' },
  },
  'connect-tenant-choice': {
    ...{ serviceName: 'Exact Online', authorizationOrigin: null, scopes: [], reason: null },
    tenant: { ...SHOP, hosts: ['start.exactonline.be', 'start.exactonline.fr', 'start.exactonline.nl'] },
  },
  'api-key': { kind: 'api_key', serviceName: 'Stripe', scopes: [], authorizationOrigin: null },
  'api-key-missing': { kind: 'api_key', serviceName: 'Stripe', formProblem: 'missing' },
  'api-key-rejected': { kind: 'api_key', serviceName: 'Stripe', formProblem: 'rejected' },
  'api-key-unreachable': { kind: 'api_key', serviceName: 'Stripe', formProblem: 'unreachable' },
  'sign-in': { kind: 'basic', serviceName: 'WordPress', authorizationOrigin: null },
  'sign-in-rejected': { kind: 'basic', serviceName: 'WordPress', formProblem: 'rejected' },
};

export function outcomeSample(
  language: Language,
  outcome: Outcome,
  changes: Partial<OutcomePageModel> = {},
): OutcomePageModel {
  return {
    outcome,
    language,
    brand: BRAND,
    serviceName: 'Google',
    clientName: 'Boulangerie Martin',
    account: null,
    providerMessage: null,
    returnUrl: null,
    retryPath: null,
    requestId: '01a9c9f2-6d0e-7b1c-9f5e-3b8f3a5c2d17',
    ...changes,
  };
}

/** Each outcome with what it usually comes with. */
export const OUTCOMES: Record<Outcome, Partial<OutcomePageModel>> = {
  connected: { account: 'anna@boulangerie-martin.example', returnUrl: 'https://studio-nordlicht.example/done' },
  held: { account: 'privat@example.com', retryPath: '/connect/sample' },
  denied: { retryPath: '/connect/sample', returnUrl: 'https://studio-nordlicht.example/done' },
  link_unknown: {},
  link_expired: {},
  link_revoked: {},
  link_used: { returnUrl: 'https://studio-nordlicht.example/done' },
  client_suspended: {},
  not_configured: {},
  state_unknown: { brand: null, serviceName: null, clientName: null },
  state_expired: { retryPath: '/connect/sample' },
  state_used: {},
  other_browser: { brand: null, serviceName: null, clientName: null },
  provider_error: { retryPath: '/connect/sample', providerMessage: 'The app is blocked by your administrator.' },
  answer_refused: { retryPath: '/connect/sample' },
  exchange_failed: { retryPath: '/connect/sample' },
  provider_unreachable: { retryPath: '/connect/sample' },
  too_many: { brand: null, serviceName: null, clientName: null },
  wrong_origin: { retryPath: '/connect/sample' },
  internal: { brand: null, serviceName: null, clientName: null },
};
