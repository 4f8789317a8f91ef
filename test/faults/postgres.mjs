import { spawnSync } from 'node:child_process';

/** Stops a PostgreSQL server with all its processes where they stand. Returns what lets them go on. */
export function freezeServer(pid) {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const children = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child);
  // The parent first: it would start others in place of those that seem to hang.
  const frozen = [pid, ...children];
  for (const each of frozen) signal(each, 'SIGSTOP');
  return () => {
    for (const each of frozen.toReversed()) signal(each, 'SIGCONT');
  };
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // it has ended meanwhile
  }
}
