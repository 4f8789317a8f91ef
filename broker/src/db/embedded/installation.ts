import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Where everything of one embedded server lives, below the data folder that its processes share. */
export interface Installation {
  /** The data folder, absolute, 0700. */
  readonly root: string;
  /** Owned by the account that the server runs as. */
  readonly home: string;
  readonly data: string;
  readonly lib: string;
  readonly log: string;
  readonly passwordFile: string;
  /** The same for every process that means this folder, whatever path it came by. */
  readonly id: string;
}

/** Creates the data folder where needed and closes it to everybody else: it also holds the keys. */
export function openInstallation(dataDir: string): Installation {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const root = fs.realpathSync(dataDir);
  fs.chmodSync(root, 0o700);
  const home = path.join(root, 'postgres');
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  return {
    root,
    home,
    data: path.join(home, 'data'),
    lib: path.join(home, 'lib'),
    log: path.join(root, 'postgres.log'),
    passwordFile: path.join(root, 'postgres.password'),
    id: createHash('sha256').update(root).digest('hex').slice(0, 32),
  };
}

/** The superuser's password, invented once. Kept outside the server's own folder. */
export function superuserPassword({ passwordFile, data }: Installation): string {
  if (fs.existsSync(passwordFile)) return fs.readFileSync(passwordFile, 'utf8');
  if (fs.existsSync(data)) throw new Error(`${passwordFile} is missing, so nobody can sign in to ${data}: put it back`);
  const password = randomBytes(24).toString('base64url');
  const fresh = `${passwordFile}.new`; // renamed when complete: a starter killed here must not leave an empty password
  fs.writeFileSync(fresh, password, { mode: 0o600 });
  fs.renameSync(fresh, passwordFile);
  return password;
}
