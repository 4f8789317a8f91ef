import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { unsupported } from './native';

/** initdb refuses an account without a passwd entry, so it cannot be an invented number. */
const NOBODY = 65534;

/** Puts a command under an account that is not root: PostgreSQL refuses to run as root. */
export type Unprivileged = (command: string, args: readonly string[]) => [string, string[]];

/** Decides how to leave root, and hands the server's folder to the account that the server will have. */
export function leaveRoot(home: string): Unprivileged {
  if (process.getuid?.() !== 0) return (command, args) => [command, [...args]];
  if (process.platform !== 'linux') throw unsupported('not set, and the embedded PostgreSQL does not run as root here');
  if (namespacesAllowed()) {
    own(home, 0); // inside the namespace root's files are nobody's
    const options = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
    return (command, args) => ['unshare', [...options, command, ...args]];
  }
  // Most containers: another account, which must still pass the closed folders above its own.
  own(home, NOBODY);
  const identity = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const options = [...identity, '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return (command, args) => ['setpriv', [...options, command, ...args]];
}

function namespacesAllowed(): boolean {
  return spawnSync('unshare', ['--user', `--map-user=${NOBODY}`, '--', 'true']).status === 0;
}

function own(home: string, id: number): void {
  if (fs.statSync(home).uid !== id) spawnSync('chown', ['-R', `${id}:${id}`, home]);
}
