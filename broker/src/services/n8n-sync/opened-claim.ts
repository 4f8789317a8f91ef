import { z } from 'zod';
import { Problem } from '../../errors/problem';
import type { ClaimedN8nCredential } from '../../repositories/n8n-pushes';
import type { Vault } from '../../vault/vault';
import { tokenContext } from '../seal-contexts';
import { apiKeyContext, orderContext, type N8nOrder } from './n8n-contexts';

const order = z.object({
  type: z.string(),
  title: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** The key of its n8n's API. Throws Problem `integrity` or `key_unavailable`. */
export function openApiKey(vault: Vault, claim: ClaimedN8nCredential): string {
  const { instanceId: id, organizationId, url, apiKeySealed, apiKeyKeyVersion } = claim;
  return vault.open('refresh', apiKeyContext({ id, organizationId, url }), apiKeySealed, apiKeyKeyVersion).toString();
}

/** What was ordered for this connection. Throws Problem `integrity` or `key_unavailable`. */
export function openOrder(vault: Vault, claim: ClaimedN8nCredential, connectionId: string): N8nOrder {
  const context = orderContext({ ...claim, connectionId });
  const text = vault.open('refresh', context, claim.orderSealed, claim.orderKeyVersion).toString();
  return order.parse(JSON.parse(text));
}

/** The token, or other secret, that is to stand there. Throws Problem `integrity` or `key_unavailable`. */
export function openSecret(
  vault: Vault,
  claim: ClaimedN8nCredential,
  { connectionId, generation, accessSealed }: { connectionId: string; generation: number; accessSealed: Buffer },
): string {
  const { organizationId, clientId, service, tenant, accessKeyVersion } = claim;
  const context = tokenContext(
    { id: connectionId, organizationId, clientId, service, tenant },
    'access_token',
    generation,
  );
  return vault.open('access', context, accessSealed, accessKeyVersion ?? undefined).toString();
}

/** The code of what could not be opened. Anything else is thrown on. */
export function codeOfProblem(error: unknown): string {
  if (error instanceof Problem) return error.code;
  throw error;
}
