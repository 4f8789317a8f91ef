import fc from 'fast-check';
import { atTenant, hasTenantInPlace, isTenant, tenantIn, type TenantRule } from '../../src/providers/tenant';

const LABEL: TenantRule = { tenantFrom: 'link', tenantHosts: null };
const HOSTS: TenantRule = { tenantFrom: 'redirect', tenantHosts: ['accounts.zoho.com', 'accounts.zoho.eu'] };
const SHOP = {
  ...LABEL,
  authorizationUrl: 'https://{tenant}.myshopify.com/admin/oauth/authorize',
  tokenUrl: 'https://{tenant}.myshopify.com/admin/oauth/access_token',
  baseUrl: 'https://{tenant}.myshopify.com',
  allowedHosts: ['{tenant}.myshopify.com', 'cdn.shopify.com'],
};

test.each([
  ['acme-store', 'acme-store'],
  ['ACME-Store', 'acme-store'],
  [' acme-store ', 'acme-store'],
  ['acme-store.myshopify.com', 'acme-store'],
  ['https://acme-store.myshopify.com', 'acme-store'],
  ['https://acme-store.myshopify.com/', 'acme-store'],
  ['1234567', '1234567'],
  ['x'.repeat(63), 'x'.repeat(63)],
  ['x'.repeat(64), null],
  ['https://acme-store.myshopify.com/admin', null],
  ['http://acme-store.myshopify.com', null],
  ['https://acme-store.myshopify.com@evil.com', null],
  ['a.b.myshopify.com', null],
  ['.myshopify.com', null],
  ['acme.myshopify.com.evil.com', null],
  ['evil.com#.myshopify.com', null],
  ['myshopify.com', null],
  ['', null],
])('a shop called %j is %j', (said, tenant) => {
  expect(tenantIn(SHOP, said)).toBe(tenant);
});

test.each([
  ['https://accounts.zoho.eu', 'accounts.zoho.eu'],
  ['accounts.zoho.com', 'accounts.zoho.com'],
  ['zoho.eu', null],
  ['x.accounts.zoho.eu', null],
  ['https://accounts.zoho.eu:8443', null],
  ['https://accounts.zoho.eu.evil.com', null],
  [null, null],
])('a data centre called %j is %j', (said, tenant) => {
  expect(tenantIn(HOSTS, said)).toBe(tenant);
});

test('nobody has a tenant where there are none', () => {
  expect(tenantIn({ tenantFrom: null, tenantHosts: null }, 'acme')).toBeNull();
});

test('a service at a tenant has all its places filled in, and none without one that fits', () => {
  expect(atTenant(SHOP, 'acme')).toMatchObject({
    tokenUrl: 'https://acme.myshopify.com/admin/oauth/access_token',
    baseUrl: 'https://acme.myshopify.com',
    allowedHosts: ['acme.myshopify.com', 'cdn.shopify.com'],
  });
  for (const none of [null, 'evil.com/', 'ACME'])
    expect(atTenant(SHOP, none)).toMatchObject({
      ...{ authorizationUrl: null, tokenUrl: null, baseUrl: null },
      allowedHosts: ['cdn.shopify.com'],
    });
});

test('whatever anybody says, it leads to no other host, path, port or user', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.domain(),
    fc.string({
      unit: fc.constantFrom('a', 'Z', '-', '.', '/', '@', ':', '%2f', '?', '#', '\\', '\n', '{tenant}', ' '),
    }),
  );
  fc.assert(
    fc.property(hostile, fc.boolean(), (said, isPath) => {
      const tokenUrl = isPath ? 'https://api.example/t/{tenant}/token' : SHOP.tokenUrl;
      const tenant = tenantIn({ ...SHOP, tokenUrl }, said);
      const raw = atTenant({ ...LABEL, tokenUrl }, said).tokenUrl;
      for (const filled of [raw, tenant === null ? null : atTenant({ ...LABEL, tokenUrl }, tenant).tokenUrl]) {
        if (filled === null) continue;
        const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(filled);
        expect([protocol, port, username, password, search, hash]).toEqual(['https:', '', '', '', '', '']);
        expect(isPath ? hostname : pathname).toBe(isPath ? 'api.example' : '/admin/oauth/access_token');
        expect(isPath ? pathname : hostname).toMatch(
          isPath ? /^\/t\/[a-z0-9-]{1,63}\/token$/ : /^[a-z0-9-]{1,63}\.myshopify\.com$/,
        );
      }
      expect(isTenant(HOSTS, said)).toBe(said === 'accounts.zoho.com' || said === 'accounts.zoho.eu');
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['https://{tenant}.example/x', true, false],
  ['https://a.{tenant}.example:8443/x', true, false],
  ['https://a.example/v3/{tenant}/x', true, false],
  ['https://a.example/x', true, true],
  ['https://{tenant}/x', false, true],
  ['https://{tenant}:8443/x', false, true],
  ['https://x{tenant}.example/', false, false],
  ['https://{tenant}x.example/', false, false],
  ['https://a.example/v{tenant}/', false, false],
  ['https://a.example/?t={tenant}', false, false],
  ['https://a.example/#{tenant}', false, false],
  ['https://{tenant}@a.example/', false, false],
  ['https://a.example:{tenant}/', false, false],
  ['https://{shop}.example/', false, false],
  ['https://{tenant/', false, false],
  ['{tenant}', false, false],
])('%s has {tenant} in its place as a label: %j, as a host: %j', (url, asLabel, asHost) => {
  expect([hasTenantInPlace(url, false), hasTenantInPlace(url, true)]).toEqual([asLabel, asHost]);
});
