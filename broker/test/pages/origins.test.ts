import { originOf, ownPath, webLink } from '../../src/http/pages/origins';

test.each([
  ['https://accounts.google.com/o/oauth2/v2/auth?x=1', 'https://accounts.google.com'],
  ['https://login.example.com:8443/', 'https://login.example.com:8443'],
  ['http://127.0.0.1:4000/auth', 'http://127.0.0.1:4000'],
  ['https://user:secret@example.com/', 'https://example.com'],
])('%s is of %s', (url, origin) => {
  expect(originOf(url, ['https:', 'http:'])).toBe(origin);
});

test.each([
  'https://example.com;sandbox/',
  'https://*.example.com/',
  'https://a,b.example/',
  "https://'unsafe-inline'/",
  'javascript:alert(1)',
  'data:text/html,x',
  'ftp://example.com/',
  '//example.com/',
  'example.com',
  '',
  null,
])('%j has no origin that a policy could name', (url) => {
  expect(originOf(url, ['https:', 'http:'])).toBeNull();
});

test.each(['javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' data:text/html,x', 'vbscript:x', '//evil', '/\\evil', 'x'])(
  '%j does not become a link',
  (url) => {
    expect(webLink(url)).toBeNull();
  },
);

test.each(['//evil.example', '/\\evil.example', '/a\\b', '/a b', '/a\n/b', 'https://evil.example/', 'x', '', null])(
  '%j is not a path of ours',
  (path) => {
    expect(ownPath(path)).toBeNull();
  },
);

test('a path of ours stays as it is', () => {
  expect(ownPath('/connect/otl_abc-123?again=1')).toBe('/connect/otl_abc-123?again=1');
});
