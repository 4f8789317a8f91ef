import { assertMayReceive, targetOf } from '../../nodes/shared/target';

const may =
  (url: string, allowedHosts: string[] | null, request = {}) =>
  () =>
    assertMayReceive(new URL(url), { url, ...request }, allowedHosts);

describe('where a credential may go', () => {
  test.each([
    ['https://googleapis.com/x', ['googleapis.com']],
    ['https://www.googleapis.com/x', ['googleapis.com']],
    ['https://WWW.GoogleApis.com/x', ['GoogleApis.com']],
    ['https://googleapis.com:8443/x', ['googleapis.com']],
    ['https://anything.example/x', null],
    ['http://127.0.0.1:8080/x', ['127.0.0.1']],
    ['http://localhost/x', null],
  ])('%s is within %j', (url, allowed) => {
    expect(may(url, allowed)).not.toThrow();
  });

  test.each([
    ['https://evilgoogleapis.com/', ['googleapis.com']],
    ['https://googleapis.com.evil.example/', ['googleapis.com']],
    ['https://googleapis.com@evil.example/', ['googleapis.com']],
    ['https://evil.example/#.googleapis.com', ['googleapis.com']],
    ['https://evil.example\\.googleapis.com/', ['googleapis.com']],
    ['https://com/', ['googleapis.com']],
    ['https://googleapis.com./', ['googleapis.com']],
    ['https://anything.example/', []],
    ['http://googleapis.com/', ['googleapis.com']],
    ['http://anything.example/', null],
    ['http://127.0.0.1.evil.example/', null],
    ['ftp://anything.example/', null],
  ])('%s is not within %j', (url, allowed) => {
    expect(may(url, allowed)).toThrow(/must not be sent/);
  });

  test('not past an unchecked certificate', () => {
    expect(may('https://googleapis.com/', null, { rejectUnauthorized: false })).toThrow('Ignore SSL Issues');
    expect(may('https://googleapis.com/', null, { skipSslCertificateValidation: true })).toThrow('Ignore SSL Issues');
  });

  test('not in the clear through a proxy, which would be told what is meant for this machine', () => {
    const proxy = { host: 'evil.example', port: 80 };
    expect(may('http://127.0.0.1/', null, { proxy })).toThrow('without https');
    expect(may('https://googleapis.com/', null, { proxy })).not.toThrow();
  });

  test('not through a proxy that the CA of the workflow vouches for', () => {
    const agentOptions = { ca: 'of the workflow' };
    expect(may('https://googleapis.com/', null, { proxy: 'http://evil.example', agentOptions })).toThrow('"Proxy"');
    expect(may('https://googleapis.com/', null, { agentOptions })).not.toThrow();
    expect(may('https://googleapis.com/', null, { agentOptions: { rejectUnauthorized: false } })).toThrow('Ignore SSL');
  });

  test('not under the name of another host, by which an ingress would pass it on to that', () => {
    const named = (host: string) => may('https://api.example.com:8443/', null, { headers: { hOst: host } });
    expect(named('evil.example')).toThrow('Host: evil.example');
    expect(named('API.example.com:8443')).not.toThrow();
    expect(may('http://127.0.0.1/', null, { headers: { Host: 'evil.example' } })).toThrow('Host: evil.example');
  });
});

describe('the target of a request', () => {
  test.each([
    [{ url: 'https://a.example/x' }, 'https://a.example/x'],
    [{ uri: 'https://a.example/x' }, 'https://a.example/x'],
    [{ url: '/x', baseURL: 'https://a.example/v1/' }, 'https://a.example/v1/x'],
    [{ url: '', baseURL: 'https://a.example/v1' }, 'https://a.example/v1/'],
    [{ url: '@evil.example', baseURL: 'https://a.example' }, 'https://a.example/@evil.example'],
    [{ url: 'https://evil.example/', baseURL: 'https://a.example' }, 'https://evil.example/'],
  ])('%j is %s', (request, expected) => {
    expect(targetOf(request as never).href).toBe(expected);
  });

  test.each(['', 'not a url', '//evil.example/', '/only/a/path'])('"%s" is refused', (url) => {
    expect(() => targetOf({ url })).toThrow('is not a complete URL');
  });
});
