import { otobot, preparedInstallation, words } from './otobot';

// Every command is a process of its own.
jest.setTimeout(120_000);

let dataDir = '';
let end = () => Promise.resolve();
beforeAll(async () => {
  ({ dataDir, end } = await preparedInstallation());
});
afterAll(() => end());

test('refreshing is paused with a reason and resumed, says what is so and what comes next, and leaves a trace', async () => {
  const paused = await otobot(dataDir, ['refresh', '--pause', 'moving house']);
  expect(paused).toMatchObject({ code: 0, stderr: '' });
  expect(paused.stdout).toMatch(/^Refreshing is paused since .*: moving house\.\n.*0 would be refreshed now/);

  const resumed = await otobot(dataDir, words('refresh --resume'));
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(resumed.stdout).toMatch(/^Refreshing goes on\. It was paused since .*: moving house\.\n0 connections are due/);
  expect(resumed.stdout).not.toMatch(/uncertain/i);

  expect((await otobot(dataDir, words('refresh --resume'))).stdout).toMatch(
    /^Refreshing goes on\. It was not paused\.\n/,
  );
  expect((await otobot(dataDir, words('refresh --pause'))).stdout).toMatch(/: by an operator\.\n/);
});

test('both at once are refused', async () => {
  const { code, stderr } = await otobot(dataDir, words('refresh --pause --resume'));
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: --pause and --resume exclude each other\nhint: /)]);
});
