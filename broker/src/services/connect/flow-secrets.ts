import type { Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findAppSecrets } from '../../repositories/apps';
import type { Flow } from '../../repositories/flows';
import { insertEvent } from '../../repositories/outbox';
import type { Vault } from '../../vault/vault';
import { openClientSecrets, type ClientSecret } from '../client-secrets';
import { openSent } from '../moved-service';
import { secretAudience } from '../seal-contexts';
import type { OpenLink } from './open-link';
import { verifierContext } from './start';

/** What a code is redeemed with. */
export interface FlowSecrets {
  /** null: the request was sent without PKCE. */
  codeVerifier: string | null;
  clientSecrets: ClientSecret[];
}

/** Throws Problem `integrity` where the token URL was rewritten since, so that neither verifier nor secrets leave for another place. */
export async function openFlowSecrets(tx: Tx, vault: Vault, open: OpenLink, flow: Flow): Promise<FlowSecrets> {
  const { service } = open;
  const app = await findAppSecrets(tx, flow.organizationId, flow.appId);
  if (app === null || service.tokenUrl === null || secretAudience(service) === null)
    throw new Problem('integrity', 'The OAuth client of this attempt is gone.');
  const { stateHash, verifierSealed: record, verifierKeyVersion: keyVersion } = flow;
  const sent = { endpoints: service, owner: open.link, record, keyVersion };
  const verifier = openSent(vault, sent, (at) => verifierContext({ ...open, service: at }, stateHash, flow.tenant));
  const codeVerifier = verifier.length === 0 ? null : verifier.toString();
  return { codeVerifier, clientSecrets: openClientSecrets(vault, app, service) };
}

/**
 * What does not open is nothing that the visitor can mend; the operator is told, as by the refresher. Returns the code for the audit; throws
 * on what is no such problem.
 */
export async function noteUnopened(tx: Tx, { link, connection }: OpenLink, error: unknown): Promise<string> {
  if (!(error instanceof Problem) || (error.code !== 'integrity' && error.code !== 'key_unavailable')) throw error;
  const { organizationId, clientId, service } = link;
  if (error.code === 'integrity') {
    const data = { during: 'connect', linkId: link.id };
    const connectionId = connection?.id ?? null;
    await insertEvent(tx, { organizationId, type: 'connection.integrity', clientId, service, connectionId, data });
  }
  return error.code;
}
