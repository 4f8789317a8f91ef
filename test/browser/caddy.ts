import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { until } from '../../broker/test/support/until';

const EXAMPLE = path.resolve(__dirname, '..', '..', 'examples', 'Caddyfile');
// Nothing but the site: no port for administration, none for redirects from http, no certificate put into the machine's store.
const QUIET = '{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n';

export interface Caddy {
  stop(): Promise<void>;
}

/** Caddy as examples/Caddyfile sets it up, at another address, with a certificate of its own making and another broker behind it. */
export async function startCaddy({ publicUrl, broker }: { publicUrl: string; broker: URL }): Promise<Caddy> {
  if (spawnSync('caddy', ['version']).status !== 0) throw new Error('no Caddy: apt-get install caddy');
  const folder = await mkdtemp(path.join(tmpdir(), 'otobot-caddy-'));
  const file = path.join(folder, 'Caddyfile');
  await writeFile(file, QUIET + atAddress(await readFile(EXAMPLE, 'utf8'), publicUrl, broker));
  const child = spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
    env: { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('Caddy answers', () => child.exitCode === null && answers(new URL(publicUrl)));
  } catch (error) {
    await stop();
    throw new Error(`Caddy does not answer: ${complaints}`, { cause: error });
  }
  return { stop };
}

function atAddress(example: string, publicUrl: string, broker: URL): string {
  const site = 'connect.example.com {';
  const behind = '127.0.0.1:3001';
  // Else the test would be of another Caddyfile than the one that is given to people.
  for (const part of [`\n${site}`, `reverse_proxy ${behind}`])
    if (!example.includes(part)) throw new Error(`examples/Caddyfile no longer has ${part}`);
  return example
    .replace(`\n${site}`, `\n${publicUrl} {\n\ttls internal`)
    .replace(`reverse_proxy ${behind}`, `reverse_proxy ${broker.host}`);
}

async function answers({ hostname, port }: URL): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port: Number(port), servername: hostname, rejectUnauthorized: false });
  const answered = await Promise.race([
    once(socket, 'secureConnect').then(() => true),
    once(socket, 'close').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return answered;
}
