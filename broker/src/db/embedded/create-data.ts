import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Installation } from './installation';
import { unsupported } from './native';
import type { Unprivileged } from './unprivileged';

export const SUPERUSER = 'otobot';

export interface Programs {
  readonly native: string;
  readonly env: NodeJS.ProcessEnv;
  readonly unprivileged: Unprivileged;
}

/** Makes the data folder on the first start. Built aside, then renamed: an initdb cut short leaves nothing half-made. */
export async function createData(
  installation: Installation,
  programs: Programs,
  { password, durable }: { password: string; durable: boolean },
): Promise<void> {
  const { home, data } = installation;
  if (fs.existsSync(data)) return;
  removeUnfinished(home);
  const fresh = `${data}.${randomBytes(4).toString('hex')}`;
  // A file, since Node's stdin is a socket, which initdb cannot open by name. It needs the server's owner.
  const secret = path.join(home, 'initdb.password');
  fs.writeFileSync(secret, password, { mode: 0o600 });
  const owner = fs.statSync(home);
  fs.chownSync(secret, owner.uid, owner.gid);
  try {
    await initdb(programs, home, [
      ...['-D', fresh, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${secret}`, '-E', 'UTF8'],
      ...(durable ? [] : ['--no-sync']),
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ]);
  } finally {
    fs.rmSync(secret, { force: true });
  }
  fs.renameSync(fresh, data);
}

/** An initdb whose starter was killed may still be writing into its folder: what cannot go now goes next time. */
function removeUnfinished(home: string): void {
  for (const name of fs.readdirSync(home).filter((entry) => entry.startsWith('data.'))) {
    try {
      fs.rmSync(path.join(home, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    } catch {
      // Nobody uses it: its name is random and was never renamed.
    }
  }
}

function initdb({ native, env, unprivileged }: Programs, cwd: string, options: string[]): Promise<void> {
  const [command, args] = unprivileged(path.join(native, 'bin', 'initdb'), options);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      // The program is there, its loader is not: built for glibc, run on musl.
      const message = `not set, and the embedded PostgreSQL cannot run here (${error.code ?? error.message})`;
      reject(unsupported(message));
    });
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb failed: ${complaint.trim()}`));
    });
  });
}
