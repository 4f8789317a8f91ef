import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { until } from '../support/until';

const PROGRAM = path.resolve(__dirname, '../../../provider/run.mjs');

/** `npm run provider` on a free port; it ends with the test, also when that is killed. */
export async function startDemoProvider(): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = fork(PROGRAM, ['--port', '0'], { execArgv: [], silent: true });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (printed += text.toString()));
  const url = await until(
    'the provider tells its address',
    () => /Token URL +(http:\S+)\/token/.exec(printed)?.[1] ?? (child.exitCode === null ? null : ''),
    60_000,
  );
  return {
    url,
    stop: async () => {
      if (child.exitCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
