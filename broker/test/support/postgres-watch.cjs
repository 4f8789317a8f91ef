// node postgres-watch.cjs <folder>: waits until the test run that holds our stdin is over, even killed, then stops the
// run's PostgreSQL and removes its folder. So a run leaves neither a process nor a file behind.
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const folder = process.argv[2];
const pidFile = path.join(folder, 'postgres', 'data', 'postmaster.pid');

process.stdin.resume();
process.stdin.once('close', () => void cleanUp());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined); // Ctrl-C is for the run

async function cleanUp() {
  const pid = fs.existsSync(pidFile) ? Number.parseInt(fs.readFileSync(pidFile, 'utf8'), 10) : 0;
  if (pid > 0) process.kill(pid, 'SIGINT');
  while (pid > 0 && fs.existsSync(pidFile)) await sleep(20); // the server removes it as its last act
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
