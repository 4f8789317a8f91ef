import type { Tx } from '../../db/database';
import { insertEvent, tellOperator } from '../../repositories/outbox';
import { passWebhooksOn } from '../../repositories/webhooks';
import type { UsedAccessKey } from '../../repositories/access-keys';

const TYPE = 'key.rotated';

/** Tells that a key has a successor, to whom its webhooks belong from now on: they would fall silent with it. */
export async function tellRerolled(tx: Tx, ended: UsedAccessKey, replacedBy: string): Promise<void> {
  const { id: keyId, organizationId, revokedAt, expiresAt } = ended;
  await passWebhooksOn(tx, organizationId, { from: keyId, to: replacedBy });
  const data = { key: 'access_key', keyId, replacedBy, endsAt: revokedAt ?? expiresAt };
  await insertEvent(tx, { organizationId, type: TYPE, clientId: null, service: null, connectionId: null, data });
}

/** Tells the operator's organization that the pepper of the whole installation was replaced. */
export function tellPepperRotated(tx: Tx, version: number): Promise<void> {
  return tellOperator(tx, { type: TYPE, data: { key: 'pepper', version } });
}
