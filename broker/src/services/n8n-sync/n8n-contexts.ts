import { audienceOf, type SealContext } from '../../vault/record';
import type { N8nField } from '../../repositories/n8n-credentials';

/** The context of the API key of an n8n: whoever rewrites its URL in the database gets a key that does not open. Throws TypeError for no http(s) URL. */
export function apiKeyContext({
  id,
  organizationId,
  url,
}: {
  id: string;
  organizationId: string;
  url: string;
}): SealContext {
  const audience = audienceOf(url);
  const none = { clientId: null, service: '', generation: 0 };
  return { ...none, organizationId, kind: 'n8n_instance', rowId: id, field: 'api_key', audience };
}

/** Which connection's token is to stand in which n8n, by this row. All of it is immutable. */
export interface N8nOrderOf {
  id: string;
  organizationId: string;
  clientId: string | null;
  service: string;
  instanceId: string;
  connectionId: string;
}

/** What it is to stand there as. */
export interface N8nOrder {
  type: string;
  title: string;
  fields: Readonly<Record<string, N8nField>>;
}

/** The context of an order. A row that somebody wrote by SQL, or pointed to another connection or n8n, does not open, so no token follows it. */
export function orderContext(order: N8nOrderOf): SealContext {
  const { id, organizationId, clientId, service, instanceId, connectionId } = order;
  const audience = `n8n:${instanceId} connection:${connectionId}`;
  return {
    organizationId,
    clientId,
    service,
    kind: 'n8n_credential',
    rowId: id,
    field: 'order',
    generation: 0,
    audience,
  };
}
