import { connect, depart, wayBack } from './journey';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

describe('a return URL', () => {
  const asking = async (returnUrl: unknown) => {
    const { clientId } = await scene.invite();
    return scene.ask('POST /v1/connect-links', { body: { clientId, service: 'crm', returnUrl } });
  };

  test.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/relative',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    ' https://a.example',
    'https://a.example/ b',
    'data:text/html,hello',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a.example/x',
    'http://a.example',
    'https:\\\\evil.example',
    'https://a.example\\@evil.example',
    'https://user:pass@a.example',
    'https://user@a.example',
    'https://',
    'https://a.example/\0',
    'https://a.example/\ud800',
    'https://[::1',
    '',
    'https',
  ])('%j is refused', async (returnUrl) => {
    const { status, json } = await asking(returnUrl);
    expect([status, json.code]).toEqual([422, 'invalid_value']);
  });

  test.each([
    [['https://a.example']],
    [{ href: 'https://a.example' }],
    [7],
    [`https://a.example/${'x'.repeat(2_000)}`],
  ])('%j is no text that could be one', async (returnUrl) => {
    expect((await asking(returnUrl)).status).toBe(400);
  });

  test('by https, with a query, is offered when all is done, and only then', async () => {
    const returnUrl = 'https://agency.example/thanks?a=1&b="2"';
    const link = await scene.invite({ returnUrl });
    const browser = scene.browser();
    expect((await browser.go(link.path)).html).not.toContain('agency.example');
    const failed = await browser.go(wayBack(scene, await depart(browser, link), { error: 'server_error' }));
    expect(failed.html).not.toContain('agency.example');
    const done = await connect(scene, browser, link);
    expect(done.html).toContain('href="https://agency.example/thanks?a=1&amp;b=&quot;2&quot;"');
    expect(done.leadsTo).toBeNull();
  });
});
