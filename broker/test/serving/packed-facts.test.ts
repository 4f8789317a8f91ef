import { randomUUID } from 'node:crypto';
import type { ServingConnection, ServingFacts, ServingService } from '../../src/repositories/serving';
import { packFacts, unpackFacts } from '../../src/services/credentials/packed-facts';

const SERVICE: ServingService = {
  name: 'crm',
  baseUrl: 'https://{tenant}.crm.example',
  allowedHosts: ['*.crm.example'],
  requestHeader: 'Authorization',
  requestScheme: 'Zoho-oauthtoken',
  tenantFrom: 'answer',
  tenantHosts: ['crm.example'],
  suspended: true,
};

const CONNECTION: ServingConnection = {
  id: randomUUID(),
  version: 2 ** 40,
  generation: 7,
  kind: 'oauth2',
  status: 'backoff',
  statusReason: 'revoked',
  appSuspended: true,
  renewable: true,
  accessSealed: Buffer.from([0, 255, 128, 34, 92]),
  accessKeyVersion: 3,
  tokenType: 'Bearer',
  scopes: ['read', 'a "b"'],
  expiresAt: new Date('2026-11-20T12:34:56.789Z'),
  lifetimeSeconds: 3_600,
  baseUrl: 'https://eu.crm.example',
  accountId: '42',
  accountLabel: 'Müller & Søn 日本',
  tenant: 'acme',
};

const FACTS: ServingFacts = {
  policyVersion: 12,
  databaseNow: new Date('2026-11-20T12:00:00.001Z'),
  clientKnown: true,
  clientSuspended: false,
  service: SERVICE,
  connection: CONNECTION,
};

const nothingIn = <T extends object>(given: T): T =>
  Object.fromEntries(Object.keys(given).map((name) => [name, null])) as T;

test.each<[string, ServingFacts]>([
  ['with every field', FACTS],
  ['with nothing in the fields', { ...FACTS, service: nothingIn(SERVICE), connection: nothingIn(CONNECTION) }],
  ['without service and connection', { ...FACTS, service: null, connection: null }],
])('facts %s come back as they were', (_what, facts) => {
  expect(unpackFacts(Buffer.concat(packFacts(facts)))).toStrictEqual(facts);
});

test('unpacked facts keep nothing of the bytes, which others overwrite', () => {
  const bytes = Buffer.concat(packFacts(FACTS));
  const facts = unpackFacts(bytes);
  bytes.fill(0);
  expect(facts).toStrictEqual(FACTS);
  // Nor of memory that Node shares out among many.
  expect(facts.connection?.accessSealed?.buffer.byteLength).toBe(CONNECTION.accessSealed?.length);
});
