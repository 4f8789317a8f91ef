import { randomBytes } from 'node:crypto';
import { fromBroker } from '../from-broker.mjs';

const { accessKeyMacInput, mintAccessKey } = fromBroker('./dist/secrets/access-key');

/** An access key of an organization, written beside the API; gives back its id and its text. `rest`: columns of its row that grant less. */
export async function storeAccessKey({ database, vault }, { organizationId, name, scopes, ...rest }) {
  const minted = mintAccessKey('live', randomBytes);
  const { clientIds = null, services = null, limits = {}, expiresAt = null, revokedAt = null } = rest;
  const facts = { ...minted, organizationId, scopes, clientIds, services, limits, expiresAt, revokedAt };
  const { mac, keyVersion } = vault.mac('pepper', [accessKeyMacInput(facts)]);
  await database.query({
    text: `insert into access_keys (id, organization_id, name, environment, scopes, client_ids, services, limits, expires_at, revoked_at,
                                    hint, secret_hash, row_mac, pepper_version)
           values ($1, $2, $3, 'live', $4, $5, $6, $7, $8, $9, '', $10, $11, $12)`,
    values: [
      ...[minted.id, organizationId, name, scopes, clientIds, services, JSON.stringify(limits), expiresAt, revokedAt],
      ...[minted.secretHash, mac, keyVersion],
    ],
  });
  return { id: minted.id, text: minted.text };
}
