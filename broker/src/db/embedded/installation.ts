import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '../../errors/configuration-error';

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
  const root = closedFolder(dataDir);
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

function closedFolder(dataDir: string): string {
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const root = fs.realpathSync(dataDir);
    requireOurs(root);
    fs.chmodSync(root, 0o700);
    return root;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? `needs a folder, and a file is in the way: ${dataDir}`
        : `cannot be made or closed to others by this user (${code}): ${dataDir}`;
    throw mistake(message, 'name a folder that this user owns, or a new one where he may make it');
  }
}

/** Closing a folder such as /tmp or somebody's home would take it from all who use it. */
function requireOurs(root: string): void {
  const entries = fs.readdirSync(root).filter((name) => name !== 'lost+found');
  const isOurs = entries.length === 0 || entries.some((name) => name === 'postgres' || name === 'master.key');
  if (!isOurs) throw mistake(`is a folder with other things in it: ${root}`, 'name a new or an empty one');
}

function mistake(message: string, hint: string): ConfigurationError {
  return new ConfigurationError([{ name: 'OTOBOT_DATA_DIR', message, hint }]);
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
