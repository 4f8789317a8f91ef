import fs from 'node:fs';

const TICKS_PER_SECOND = 100; // what Linux tells user space on every machine that Node runs on
const MICROSECONDS_PER_TICK = 1_000_000 / TICKS_PER_SECOND;

/**
 * Microseconds of processor time that the PostgreSQL server on this machine has used so far: its main process, all that it has now and
 * all that have ended. Null where there is no /proc (only Linux has one).
 */
export async function serverCpu({ database }) {
  const [{ pid }] = await database.query({ text: 'select pg_backend_pid() as pid' });
  const own = statOf(pid);
  if (own === null) return null;
  const server = own.parent;
  const children = processes().filter(({ parent }) => parent === server);
  const { used, usedByEnded } = statOf(server);
  return children.reduce((sum, child) => sum + child.used, used + usedByEnded) * MICROSECONDS_PER_TICK;
}

const processes = () =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat !== null);

/** Fields 4 and 14 to 17 of proc_pid_stat(5), in ticks; null: no such process. */
function statOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name in parentheses that may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    return { parent: Number(fields[1]), used: user + system, usedByEnded: endedUser + endedSystem };
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(error.code)) return null;
    throw error;
  }
}
