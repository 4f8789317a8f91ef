// `npm run demo`: what Otobot does, in a minute, with real programs on this machine; nothing of it stays.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

import { killAll } from '../test/n8n/processes.mjs';
import { inN8n } from './in-n8n.mjs';
import { narrator } from './narrator.mjs';
import { openBroker, openProvider, stageFolder } from './play.mjs';
import { tour } from './tour.mjs';

const USAGE = `npm run demo [-- --keep] [-- --n8n]

  --keep   leaves broker and provider running afterwards, until Ctrl-C
  --n8n    plays it inside a real n8n too (the first time: 3 minutes and 2.3 GB), and leaves that running for a look`;

const tell = narrator(process.stdout);
const undos = [() => killAll()];
const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve(signal));
});
void interrupted.then((signal) => cleanUp().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143)));

try {
  await main(optionsGiven());
} catch (error) {
  console.error(
    `\nerror: ${error.message}\nhint: run it again; if that fails too, please report it with what it has said: https://github.com/otobot-dev/otobot/issues`,
  );
  process.exitCode = 1;
} finally {
  await cleanUp();
}

function optionsGiven() {
  const options = { keep: { type: 'boolean' }, n8n: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };
  try {
    const { values } = parseArgs({ options });
    if (!values.help) return values;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`error: ${error.message.split('\n')[0]}\nhint: npm run demo -- --help`);
    process.exit(2);
  }
}

async function main({ keep = false, n8n = false }) {
  tell.title('Otobot in a minute');
  tell.line(
    tell.styled(
      'dim',
      'An agency with two clients, and a provider where they have accounts. All on this machine, in a temporary folder.',
    ),
  );
  const onEnd = (undo) => undos.push(undo);
  const home = stageFolder(onEnd);
  const internalToken = randomBytes(24).toString('hex');
  const [provider, broker] = await tell.during('starting the provider and the broker with its own PostgreSQL', () =>
    Promise.all([openProvider(onEnd), openBroker({ home, internalToken, onEnd })]),
  );
  const play = { broker, provider, internalToken, tell, home, onEnd };
  await tour(play);
  if (n8n) await inN8n(play);
  tell.title(`That was Otobot, in ${tell.seconds()} seconds.`);
  tell.line('Yours: npm start, then the README from "Five minutes with curl" on. In n8n: docs/n8n.md.');
  if (!keep && !n8n) return;
  tell.line(
    `\nStill running, until Ctrl-C:\n  broker    ${broker.url}/docs   access key ${broker.key}\n  provider  ${provider.url}/`,
  );
  await interrupted;
}

/** In reverse: a program before its folder. */
async function cleanUp() {
  for (const undo of undos.splice(0).reverse())
    await Promise.resolve(undo()).catch((error) => console.error(`warning: ${error.message}`));
}
