import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Unknown } from './unknown';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the database is. */
export interface Place {
  /** May hold a password: never print it. */
  url: string;
  /** What a refused connection means there, where that is known. */
  whenRefused: Unknown | null;
}

/** DATABASE_URL, or the file of DATABASE_URL_FILE, or else the embedded server of OTOBOT_DATA_DIR. Throws Unknown. */
export function findDatabase(environment: Environment): Place {
  const url = given(environment);
  const { OTOBOT_DATA_DIR: dataDir = '' } = environment;
  if (url === null) return embedded(path.resolve(dataDir === '' ? '.otobot' : dataDir));
  if (!URL.canParse(url) || !['postgres:', 'postgresql:'].includes(new URL(url).protocol)) {
    throw new Unknown(
      'DATABASE_URL is not a PostgreSQL URL',
      'it looks like postgres://user:password@host:5432/otobot',
    );
  }
  return { url, whenRefused: null };
}

function given({ DATABASE_URL: url = '', DATABASE_URL_FILE: file = '' }: Environment): string | null {
  if (url !== '' && file !== '') {
    throw new Unknown('DATABASE_URL is given twice, also as DATABASE_URL_FILE', 'remove one of them');
  }
  if (file === '') return url === '' ? null : url;
  return read(file, 'DATABASE_URL_FILE names a file that cannot be read', 'check the path and its owner').replace(
    /\r?\n$/,
    '',
  );
}

/** As broker/src/db/embedded lays it out: line 4 of postmaster.pid is the port, the password lies beside. */
function embedded(dataDir: string): Place {
  const stopped = `no DATABASE_URL is set, and no embedded PostgreSQL runs in ${dataDir}`;
  const hint = 'start Otobot: npm start (or set DATABASE_URL, or OTOBOT_DATA_DIR to its folder)';
  const port = read(path.join(dataDir, 'postgres', 'data', 'postmaster.pid'), stopped, hint)
    .split('\n')[3]
    ?.trim();
  if (port === undefined || !/^\d+$/.test(port)) throw new Unknown(stopped, hint);
  const password = read(path.join(dataDir, 'postgres.password'), stopped, hint);
  return {
    url: `postgres://otobot:${encodeURIComponent(password)}@127.0.0.1:${port}/otobot`,
    whenRefused: new Unknown(stopped, hint), // its pid file outlives a server that was killed
  };
}

function read(file: string, message: string, hint: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    if (code === 'ENOENT') throw new Unknown(message, hint, error);
    throw new Unknown(`${file} cannot be read (${code})`, 'run as the user that runs Otobot', error);
  }
}
