import type { Database } from '../db/database';
import type { OutboundAgents } from '../outbound/outbound';
import type { Vault } from '../vault/vault';
import { createAccessKeys, type AccessKeys } from './access-keys/access-keys';
import type { Authorize } from './access/authorize';
import { createApps, type Apps } from './apps';
import { createExportAudit, type ExportAudit } from './audit/export-audit';
import { createReadAudit, type ReadAudit } from './audit/read-audit';
import { createClients, type Clients } from './clients';
import type { ConnectLinks } from './connect/links';
import { createConnections, type Connections } from './connections/connections';
import { createImports, type Imports } from './importing/imports';
import { createN8nCredentials, type N8nCredentials } from './n8n-sync/n8n-credentials';
import { createN8nInstances, type N8nInstances } from './n8n-sync/n8n-instances';
import type { RefreshWaiter } from './refresh-wait';
import { createServiceCatalogue, type ServiceCatalogue } from './service-catalogue/service-catalogue';
import { createWebhookDeliveries, type WebhookDeliveries } from './webhooks/deliveries';
import { createWebhooks, type Webhooks } from './webhooks/webhooks';

/** Everything that manages an organization, beside serving its credentials. */
export interface Management {
  clients: Clients;
  serviceCatalogue: ServiceCatalogue;
  apps: Apps;
  connections: Connections;
  imports: Imports;
  connectLinks: ConnectLinks;
  n8nInstances: N8nInstances;
  n8nCredentials: N8nCredentials;
  accessKeys: AccessKeys;
  readAudit: ReadAudit;
  exportAudit: ExportAudit;
  webhooks: Webhooks;
  webhookDeliveries: WebhookDeliveries;
}

export interface ManagementParts {
  /** Under role otobot_serve. */
  database: Database;
  authorize: Authorize;
  vault: Vault;
  waiter: RefreshWaiter;
  /** What the outbound policy allows of a service's URLs, and a webhook's. */
  allowedUrl: (url: string) => boolean;
  /** The guarded way out, for asking an n8n whether it is there. */
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  connectLinks: ConnectLinks;
}

export function createManagement(parts: ManagementParts): Management {
  return {
    clients: createClients(parts),
    serviceCatalogue: createServiceCatalogue(parts),
    apps: createApps(parts),
    connections: createConnections(parts),
    imports: createImports(parts),
    connectLinks: parts.connectLinks,
    n8nInstances: createN8nInstances(parts),
    n8nCredentials: createN8nCredentials(parts),
    accessKeys: createAccessKeys(parts),
    readAudit: createReadAudit(parts),
    exportAudit: createExportAudit(parts),
    webhooks: createWebhooks(parts),
    webhookDeliveries: createWebhookDeliveries(parts),
  };
}
