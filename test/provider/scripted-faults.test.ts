import { createHash } from 'node:crypto';
import type { Entry, Fault } from '../../provider/scripted/provider.cjs';
import { APP, consent, isAlive, lastEntry, refresh, tell, url, useProvider } from './scripted';

// The provider that other tests trust: what it does on the wire, and what it says of it afterwards.
useProvider();

describe('faults', () => {
  const failing = async (fault: Fault, token: string): Promise<string> => {
    await tell('next', { fault });
    return refresh(token, { signal: AbortSignal.timeout(2_000) }).then(
      ({ status }) => `${status}`,
      () => 'no answer',
    );
  };

  test.each<[Fault, string, 'used' | 'unused', Entry['left']]>([
    ['reset', 'no answer', 'unused', 'nothing'],
    ['process-then-reset', 'no answer', 'used', 'nothing'],
    ['hang', 'no answer', 'unused', 'nothing'],
    ['process-then-hang', 'no answer', 'used', 'nothing'],
    ['process-then-gateway', '502', 'used', 'all'],
    ['process-then-truncate', 'no answer', 'used', 'part'],
    ['cut-after-headers', 'no answer', 'used', 'part'],
    [{ status: 500 }, '500', 'unused', 'all'],
    [{ status: 500, processed: true }, '500', 'used', 'all'],
    [{ delayMs: 50 }, '200', 'used', 'all'],
  ])('%j: %s, the token is %s, %s left', async (fault, heard, token, left) => {
    const { refreshToken } = await consent();
    expect(await failing(fault, refreshToken)).toBe(heard);
    let entry = await lastEntry();
    while (entry?.closedAt === null) entry = await lastEntry();
    expect(entry).toMatchObject({ left, decided: token === 'used' ? 'granted' : null });
    expect(await isAlive(refreshToken)).toBe(token === 'unused');
  });

  test.each([
    ['clock', { advanceMs: 'x' }],
    ['latency', { ms: 'x' }],
  ])('a %s that is no number is refused, and changes nothing', async (command, argument) => {
    const { status } = await fetch(`${url}/control/${command}`, { method: 'POST', body: JSON.stringify(argument) });
    expect([status, await tell('state')]).toMatchObject([400, { now: expect.any(Number) as unknown }]);
    expect((await refresh((await consent()).refreshToken)).status).toBe(200);
  });

  test('5xx, then fine', async () => {
    const { refreshToken } = await consent();
    await tell('next', { fault: { status: 503 }, times: 2 });
    const statuses = [await refresh(refreshToken), await refresh(refreshToken), await refresh(refreshToken)];
    expect(statuses.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  test('slow: the tokens move at once, the answer takes its time', async () => {
    const { refreshToken } = await consent(['slow-12s', { delayMs: 30_000 }]);
    await expect(refresh(refreshToken, { signal: AbortSignal.timeout(500) })).rejects.toThrow();
    expect(await isAlive(refreshToken)).toBe(false);
  });

  test('a share of the calls', async () => {
    await tell('always', { fault: { status: 503 }, share: 0.5 });
    const { refreshToken } = await consent('no-rotation');
    let failed = 0;
    for (let n = 0; n < 60; n += 1) failed += Number((await refresh(refreshToken)).status === 503);
    expect(failed).toBeGreaterThan(10);
    expect(failed).toBeLessThan(50);
  });

  test('a command, a mode or a fault that is none is refused', async () => {
    await expect(tell('explode')).rejects.toThrow('commands: issue');
    await expect(tell('behave', { mode: 'polite' })).rejects.toThrow('no mode is called polite');
    await expect(tell('next', { fault: 'fire' })).rejects.toThrow('no fault is called');
  });
});

test('the journal tells what became of each call, and nothing in it opens anything', async () => {
  const { consent: id, accessToken, refreshToken } = await consent();
  const { body } = await refresh(refreshToken);
  await refresh('from-elsewhere');
  const [first, second] = (await tell<Entry[]>('journal')).slice(-2);
  expect(first).toMatchObject({
    ...{ method: 'POST', path: '/token', grant: 'refresh_token', clientId: APP.id, consent: id },
    ...{ decided: 'granted', status: 200, left: 'all', fault: null },
  });
  expect(first?.given?.refresh).toMatch(/^rt-\d+$/);
  expect(second).toMatchObject({
    decided: 'invalid_grant',
    token: `sha256:${sha256('from-elsewhere').slice(0, 16)}`,
    consent: null,
  });
  const whole = JSON.stringify([first, second]);
  for (const secret of [accessToken, refreshToken, body.access_token, body.refresh_token, APP.secret])
    expect(whole).not.toContain(secret);
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
