import type { Logger } from '../log/logger';
import { createOutbound, type Outbound } from '../outbound/outbound';
import type { ReadHead } from '../services/audit/read-head';
import type { Sealer } from '../services/audit/sealer';
import { createConnect, type Connect } from '../services/connect/connect';
import { createManagement, type Management } from '../services/management';
import type { Config } from '../types/config';
import type { Installation } from './installation';
import { assembleSealer, requireReceiver } from './sealer';
import { createServing, type Serving } from './serving';

/** Everything that one process needs to serve and to manage, assembled once; http and the commands call nothing else. */
export interface Broker extends Serving, Management {
  connect: Connect;
  /** Not started: commands seal nothing. */
  sealer: Sealer;
  readHead: ReadHead;
}

export async function createBroker(config: Config, installation: Installation, log: Logger): Promise<Broker> {
  const outbound = createOutbound(config.outbound);
  requireReceiver(outbound, config);
  const serving = await createServing(config, installation, { surface: 'all', log });
  const { publicUrl } = config;
  const { sealer, readHead } = assembleSealer(config, {
    ...serving,
    databaseUrl: installation.databaseUrl,
    outbound,
    log,
  });
  const allowedUrl = (target: string): boolean => isAllowed(outbound, target);
  return {
    ...serving,
    ...createManagement({ ...serving, allowedUrl, agents: outbound.agents }),
    connect: createConnect({ ...serving, lookups: serving.auditDatabase, agents: outbound.agents, publicUrl }),
    sealer,
    readHead,
    readiness: async () => {
      const found = await serving.readiness();
      return { ...found, warnings: [...found.warnings, ...sealer.warnings()] };
    },
    cut: () => {
      serving.cut();
      sealer.cut();
    },
    close: async () => {
      await serving.close();
      // What was written last is sealed too.
      await sealer.stop();
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
