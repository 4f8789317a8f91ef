import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { runningServer } from '../../src/db/embedded/running';
import { dataOf, enterMember, temporaryDataDir } from '../support/postgres-members';
import { withClient } from '../support/postgres-statements';

const NOBODY = 65534;
/** Another account can be tried by root only, and on Linux, where root is a case of its own. */
const asRoot = process.getuid?.() === 0 && process.platform === 'linux' ? test : test.skip;

let dataDir: string;
let remove: () => Promise<void>;
beforeEach(() => ({ dataDir, remove } = temporaryDataDir()));
afterEach(() => remove());

const select1 = (url: string): Promise<unknown> => withClient(url, (client) => client.query('select 1'));

/** A PATH on which `unshare` fails, as it does in most containers. */
function withoutNamespaces(): NodeJS.ProcessEnv {
  const bin = path.join(path.dirname(dataDir), 'bin');
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return { PATH: `${bin}:${process.env.PATH}` };
}

asRoot('an ordinary account runs it with node_modules that it may not write', async () => {
  fs.chmodSync(path.dirname(dataDir), 0o711);
  fs.mkdirSync(dataDir);
  fs.chownSync(dataDir, NOBODY, NOBODY);
  const member = await enterMember(dataDir, { uid: NOBODY, gid: NOBODY });
  await select1(member.url);
  expect(fs.statSync(dataOf(dataDir)).uid).toBe(NOBODY);
  await member.release();
});

asRoot('root may switch between a machine with user namespaces and a container without', async () => {
  const plain = await enterMember(dataDir);
  await select1(plain.url);
  await plain.release();
  const contained = await enterMember(dataDir, { env: withoutNamespaces() });
  await select1(contained.url);
  expect(fs.statSync(dataOf(dataDir)).uid).toBe(NOBODY);
  await contained.release();
  const again = await enterMember(dataDir);
  expect(again.startedHere).toBe(true);
  await select1(again.url);
  await again.release();
});

const dropPtrace = ['setpriv', '--bounding-set=-sys_ptrace'] as const;
const canDrop = asRoot === test && spawnSync(dropPtrace[0], [dropPtrace[1], 'true']).status === 0;

(canDrop ? test : test.skip)(
  "a container's root, who cannot look into other processes, joins the live server",
  async () => {
    const options = { env: withoutNamespaces(), below: [...dropPtrace] as [string, string] };
    const first = await enterMember(dataDir, options);
    const second = await enterMember(dataDir, options);
    expect([second.startedHere, second.pid]).toEqual([false, first.pid]);
    await first.release();
    await select1(second.url);
    await second.release();
    expect(runningServer(dataOf(dataDir))).toBeNull();
  },
);
