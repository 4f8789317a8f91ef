import type { Management } from '../../services/management';
import type { Route } from '../route';
import { accessKeyRoutes } from './access-keys';
import { auditRoutes } from './audit';
import { clientRoutes } from './clients';
import { connectLinkRoutes } from './connect-links';
import { connectionRoutes } from './connections';
import { importRoutes } from './imports';
import { n8nSyncRoutes } from './n8n-sync';
import { serviceRoutes } from './services';
import { webhookRoutes } from './webhooks';

export function managementRoutes(management: Management): Route[] {
  return [
    ...clientRoutes(management),
    ...serviceRoutes(management),
    ...connectionRoutes(management),
    ...importRoutes(management),
    ...connectLinkRoutes(management),
    ...n8nSyncRoutes(management),
    ...accessKeyRoutes(management),
    ...webhookRoutes(management),
    ...auditRoutes(management),
  ];
}
