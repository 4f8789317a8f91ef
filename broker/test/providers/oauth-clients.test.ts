import { oauthClients } from '../../src/providers/oauth-clients';

const options = (id: string, secret = 'secret') => ({
  client: { id, secret },
  auth: { tokenHost: 'https://provider.example', tokenPath: 'https://provider.example/token' },
});

test('the same endpoint, client and secret are made once; another secret is another client', () => {
  const first = oauthClients(options('one'));
  expect(oauthClients(options('one'))).toBe(first);
  expect(oauthClients(options('one', 'other'))).not.toBe(first);
});

test('what was not used for long is forgotten, what is used again and again is kept', () => {
  const [idle, busy] = [oauthClients(options('idle')), oauthClients(options('busy'))];
  for (let n = 0; n < 600; n += 1) {
    oauthClients(options(`app-${n}`));
    oauthClients(options('busy'));
  }
  expect(oauthClients(options('busy'))).toBe(busy);
  expect(oauthClients(options('idle'))).not.toBe(idle);
});
