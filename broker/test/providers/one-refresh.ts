import { createRequire } from 'node:module';
import { createOutbound } from '../../src/outbound/outbound';
import { requestToken, type TokenCall } from '../../src/providers/token-endpoint';

// One refresh in a process of its own, for the test that sets DEBUG. Prints the class of the outcome.
interface Debug {
  (namespace: string): (message: string) => void;
  enable(namespaces: string): void;
}
const debug = createRequire(__filename)('debug') as Debug;

async function main(): Promise<void> {
  const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
  debug('other')('still here');
  // Also when somebody switches it on later.
  debug.enable('simple-oauth2*');
  const plain = JSON.parse(process.argv[2] ?? '') as Omit<TokenCall, 'agents'>;
  const outcome = await requestToken({ ...plain, agents: outbound.agents });
  process.stdout.write(outcome.class);
  outbound.close();
}

void main();
