// A process of its own: asks the provider in its argument in both ways that there are.
import { createOutbound } from '../../src/outbound/outbound';
import { getJson } from '../../src/outbound/get-json';
import { requestToken } from '../../src/providers/token-endpoint';
import { STANDARD } from '../../src/types/dialect';

async function main(provider: string): Promise<void> {
  const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
  const { agents } = outbound;
  const answer = await getJson({ url: `${provider}/me`, headers: {}, agents, timeoutMs: 5_000 });
  const outcome = await requestToken({
    endpoint: { ...STANDARD, tokenUrl: `${provider}/token`, authStyle: 'header', scopeSeparator: ' ' },
    client: { id: 'app', secret: 'secret' },
    grant: { type: 'client_credentials', scopes: [] },
    keep: [],
    agents,
    timeoutMs: 5_000,
  });
  outbound.close();
  process.stdout.write(`${answer?.status ?? 'no answer'} ${outcome.class}\n`);
}

void main(process.argv[2] ?? '');
