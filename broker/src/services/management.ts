import type { Database } from '../db/database';
import type { Vault } from '../vault/vault';
import { createAccessKeys, type AccessKeys } from './access-keys/access-keys';
import type { Authorize } from './access/authorize';
import { createApps, type Apps } from './apps';
import { createExportAudit, type ExportAudit } from './audit/export-audit';
import { createReadAudit, type ReadAudit } from './audit/read-audit';
import { createClients, type Clients } from './clients';
import type { ConnectLinks } from './connect/links';
import { createConnections, type Connections } from './connections/connections';
import type { RefreshWaiter } from './refresh-wait';
import { createServiceCatalogue, type ServiceCatalogue } from './service-catalogue/service-catalogue';

/** Everything that manages an organization, beside serving its credentials. */
export interface Management {
  clients: Clients;
  serviceCatalogue: ServiceCatalogue;
  apps: Apps;
  connections: Connections;
  connectLinks: ConnectLinks;
  accessKeys: AccessKeys;
  readAudit: ReadAudit;
  exportAudit: ExportAudit;
}

export interface ManagementParts {
  /** Under role otobot_serve. */
  database: Database;
  authorize: Authorize;
  vault: Vault;
  waiter: RefreshWaiter;
  /** What the outbound policy allows of a service's URLs. */
  allowedUrl: (url: string) => boolean;
  connectLinks: ConnectLinks;
}

export function createManagement(parts: ManagementParts): Management {
  return {
    clients: createClients(parts),
    serviceCatalogue: createServiceCatalogue(parts),
    apps: createApps(parts),
    connections: createConnections(parts),
    connectLinks: parts.connectLinks,
    accessKeys: createAccessKeys(parts),
    readAudit: createReadAudit(parts),
    exportAudit: createExportAudit(parts),
  };
}
