import type { Logger } from '../log/logger';
import { createOutbound, type Outbound } from '../outbound/outbound';
import { createConnect, type Connect } from '../services/connect/connect';
import { createManagement, type Management } from '../services/management';
import type { Config } from '../types/config';
import type { Installation } from './installation';
import { createServing, type Serving } from './serving';

/** Everything that one process needs to serve and to manage, assembled once; http and the commands call nothing else. */
export interface Broker extends Serving, Management {
  connect: Connect;
}

export async function createBroker(config: Config, installation: Installation, log: Logger): Promise<Broker> {
  const serving = await createServing(config, installation, { surface: 'all', log });
  const outbound = createOutbound(config.outbound);
  const { publicUrl } = config;
  const allowedUrl = (target: string): boolean => isAllowed(outbound, target);
  return {
    ...serving,
    ...createManagement({ ...serving, allowedUrl }),
    connect: createConnect({ ...serving, lookups: serving.auditDatabase, agents: outbound.agents, publicUrl }),
    close: async () => {
      await serving.close();
      outbound.close();
    },
  };
}

function isAllowed(outbound: Outbound, url: string): boolean {
  try {
    outbound.assertAllowed(url);
    return true;
  } catch {
    return false;
  }
}
