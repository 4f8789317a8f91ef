import { z } from 'zod';
import { CONNECTION_KINDS, SHOWN_STATUSES } from '../../types/credential';
import { account, connectionName, id, moment, owner, REVOCATIONS, service, workflowUse } from './parts';

const connection = z.strictObject({
  id,
  clientId: owner,
  service,
  name: connectionName,
  kind: z.enum(CONNECTION_KINDS),
  status: z.enum(SHOWN_STATUSES).meta({ examples: ['active'] }),
  statusReason: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
  generation: z
    .int()
    .describe('Counts the tokens of this connection.')
    .meta({ examples: [7] }),
  renewable: z
    .boolean()
    .describe('Something refreshes it by itself.')
    .meta({ examples: [true] }),
  expiresAt: moment.nullable().describe('The end of its present token; null: none is known.'),
  scopes: z.array(z.string()).nullable().describe('null: not known.'),
  nextRefreshAt: moment.nullable(),
  lastRefreshedAt: moment.nullable(),
  lastAttemptAt: moment.nullable(),
  failureCount: z.int().describe('Failed refreshes since the last one that worked.'),
  lastErrorCode: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
  refreshExpiresAt: moment.nullable().describe('The end of the refresh token, as the provider stated it.'),
  idleExpiresAt: moment.nullable().describe('The end of the consent unless it is refreshed before.'),
  absoluteExpiresAt: moment.nullable().describe('The end of the consent, whatever is refreshed.'),
  consentEndsAt: moment.nullable().describe('When the client has to consent again; null: not known.'),
  consentEnd: z.enum(['absolute', 'idle', 'refresh_token']).nullable().describe('Which end that is.'),
  tenant: z.string().nullable().describe("What is the client's own in the URLs of the service."),
  heldAccount: z
    .string()
    .nullable()
    .describe('Another account that waits for an operator.')
    .meta({ examples: [null] }),
  metadata: z.record(z.string(), z.unknown()).describe('Your own names and values.'),
  createdAt: moment,
  updatedAt: moment,
  account,
});

const attempt = z
  .strictObject({
    id,
    startedAt: moment,
    finishedAt: moment.nullable().describe('null: it is under way.'),
    generation: z.int(),
    outcome: z
      .string()
      .nullable()
      .meta({ examples: ['succeeded'] }),
    errorCode: z.string().nullable().describe("The provider's own code."),
    httpStatus: z
      .int()
      .nullable()
      .meta({ examples: [200] }),
    durationMs: z
      .int()
      .nullable()
      .meta({ examples: [183] }),
  })
  .meta({ id: 'RefreshAttempt' });

export const connectionAnswer = connection.meta({ id: 'Connection' });
export const attemptAnswer = attempt;

export const connectionDetailsAnswer = z.strictObject({
  ...connection.shape,
  history: z.array(attempt).describe('The latest attempts to refresh it, newest first.'),
});

const refreshOutcome = z
  .enum(['refreshed', 'alive', 'failed', 'pending'])
  .describe('alive: the token is only asked after, and works. pending: nothing came of it within 5 s; it is tried on.');

export const refreshedConnectionAnswer = z.strictObject({ ...connection.shape, refreshOutcome });

/** With `verify`, an import answers as a refresh does. */
export const importedConnectionAnswer = z.strictObject({
  ...connection.shape,
  refreshOutcome: refreshOutcome.optional().describe('With verify only: what came of a refresh.'),
});

const revocation = z
  .enum(REVOCATIONS)
  .describe(
    'At the provider: queued, a worker revokes them; shared, another connection may live on the same consent; unsupported; none were there.',
  );
export const rejectedConnectionAnswer = z.strictObject({ ...connection.shape, revocation });
export const removedConnectionAnswer = z.strictObject({ id, revocation });

export const usageAnswer = z.strictObject({
  since: moment,
  total: z.int().meta({ examples: [42] }),
  workflows: z.array(
    z.strictObject({
      ...workflowUse.shape,
      executions: z
        .int()
        .describe('How many different executions were named.')
        .meta({ examples: [40] }),
    }),
  ),
});
