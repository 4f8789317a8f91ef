import { randomUUID } from 'node:crypto';
import type { Database, Tx } from '../db/database';
import { Problem } from '../errors/problem';
import { adoptConnections, findApp, upsertApp } from '../repositories/apps';
import { holdClient } from '../repositories/clients';
import { findService, lockService } from '../repositories/services';
import type { Vault } from '../vault/vault';
import type { Authorize } from './access/authorize';
import type { Caller } from './access/principal';
import { unknownClient } from './found-client';
import { appContext } from './seal-contexts';
import { foundService } from './service-catalogue/found-service';
import { appSummaryOf, type AppSummary } from './service-catalogue/view';

export interface NewApp {
  service: string;
  /** null: the organization's app; else one client's own. */
  ownerClientId: string | null;
  oauthClientId: string;
  /** In the order in which they are tried. */
  clientSecrets: readonly string[];
  /** Asked for in place of the service's. */
  scopes?: readonly string[] | null | undefined;
}

export interface AppView extends AppSummary {
  service: string;
  /** `-`: the organization; else the client whose own app it is. */
  owner: string;
  secretCount: number;
}

export interface Apps {
  /** Makes the OAuth client of a service, or replaces it with all its secrets, which never come back. */
  replace(caller: Caller, app: NewApp): Promise<AppView>;
}

export interface AppsParts {
  database: Database;
  authorize: Authorize;
  vault: Vault;
}

export function createApps({ database, authorize, vault }: AppsParts): Apps {
  return {
    async replace(caller, app) {
      const { organizationId } = await authorize(caller, {
        action: 'app.replace',
        scope: 'services:write',
        clientId: app.ownerClientId,
        service: app.service,
      });
      return database.asTenant(organizationId, (tx) => storeApp(tx, vault, organizationId, app));
    },
  };
}

/** Makes or replaces it. Throws Problem `not_found` or `invalid_value`. */
export async function storeApp(
  tx: Tx,
  vault: Vault,
  organizationId: string,
  { service: name, ownerClientId, oauthClientId, clientSecrets, scopes = null }: NewApp,
): Promise<AppView> {
  // One at a time: the sealed secrets are bound to the id of the row, so two must not both believe that they make it.
  await lockService(tx, name, 'exclusive');
  const endpoints = foundService(await findService(tx, organizationId, name), name);
  if (endpoints.tokenUrl === null) throw withoutTokenUrl(name);
  if (ownerClientId !== null && !(await holdClient(tx, organizationId, ownerClientId)))
    throw unknownClient(ownerClientId);

  const known = await findApp(tx, organizationId, ownerClientId, name);
  const app = { id: known?.id ?? randomUUID(), organizationId, clientId: ownerClientId, service: name };
  const { record, keyVersion } = vault.seal('refresh', appContext(app, endpoints), JSON.stringify(clientSecrets));
  const sealed = {
    ...app,
    oauthClientId,
    scopes: scopes?.join(' ') ?? null,
    secretsSealed: record,
    secretsKeyVersion: keyVersion,
  };
  const stored = await upsertApp(tx, sealed);
  await adoptConnections(tx, app);
  return {
    service: name,
    owner: ownerClientId ?? '-',
    ...(appSummaryOf(stored) as AppSummary),
    secretCount: clientSecrets.length,
  };
}

function withoutTokenUrl(name: string): Problem {
  return new Problem(
    'invalid_value',
    `Service "${name}" has no tokenUrl, so it has no use for an OAuth client. Add one with PATCH /v1/services/${name}.`,
  );
}
