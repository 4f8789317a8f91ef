import type { Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { listServiceUse, type Service } from '../../repositories/services';
import { secretAudience, type SecretEndpoints } from '../seal-contexts';

/** Throws Problem `conflict` while anything rests on the service that would be left behind. The caller's own apps go with it. */
export async function unusedOrThrow(tx: Tx, service: Service, organizationId: string): Promise<void> {
  const use = await listServiceUse(tx, service.id);
  const connections = use.reduce((sum, row) => sum + row.connections, 0);
  const apps = use.reduce((sum, row) => sum + (row.organizationId === organizationId ? 0 : row.apps), 0);
  const revocations = use.reduce((sum, row) => sum + row.revocations, 0);
  if (connections === 0 && apps === 0 && revocations > 0) throw stillRevoking(service.name, revocations);
  if (connections === 0 && apps === 0) return;
  const what = connections > 0 ? `${connections} connection(s)` : `${apps} app(s) of other organizations`;
  throw new Problem(
    'conflict',
    `Service "${service.name}" is in use by ${what}. Delete those first, or stop it with POST /v1/services/${service.name}/suspend.`,
  );
}

/**
 * Refresh tokens and client secrets are sealed for the origins of the endpoints, so that nobody who rewrites one is sent them.
 * Throws Problem `conflict` when other origins would leave some that no longer open. `organizationId` null: in any organization.
 */
export async function sameAudienceOrThrow(
  tx: Tx,
  service: Service,
  wanted: SecretEndpoints,
  organizationId: string | null,
): Promise<void> {
  if (secretAudience(service) === secretAudience(wanted)) return;
  const use = await listServiceUse(tx, service.id);
  const affected = use.filter((row) => organizationId === null || row.organizationId === organizationId);
  if (affected.every(({ apps, sealedTokens, revocations }) => apps + sealedTokens + revocations === 0)) return;
  throw new Problem(
    'conflict',
    `Apps or connections of service "${service.name}" are sealed for ${secretAudience(service) ?? 'no token URL'} and would not open for another origin of tokenUrl or refreshUrl, or another host in tenantHosts. ` +
      `${organizationId === null ? '' : 'Create it with the same origins first. '}Move it with all of them: POST /v1/services/${service.name}/move`,
  );
}

function stillRevoking(name: string, revocations: number): Problem {
  return new Problem(
    'conflict',
    `Tokens of ${revocations} deleted connection(s) of service "${name}" wait to be revoked at the provider. Try again in a moment; ` +
      `to give them up, remove revocationUrl with PATCH /v1/services/${name}, then wait a moment.`,
  );
}
