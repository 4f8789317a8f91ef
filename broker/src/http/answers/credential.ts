import { z } from 'zod';
import { CONNECTION_KINDS, SHOWN_STATUSES } from '../../types/credential';
import { account, connectionName, id, moment, owner, service } from './parts';

/** A live credential, ready to be used. */
export const credentialAnswer = z
  .strictObject({
    clientId: owner,
    service,
    name: connectionName,
    connectionId: id,
    kind: z.enum(CONNECTION_KINDS),
    status: z.enum(SHOWN_STATUSES).meta({ examples: ['active'] }),
    accessToken: z
      .string()
      .optional()
      .describe('Unless kind is api_key or basic.')
      .meta({ examples: ['ya29.a0Af…'] }),
    apiKey: z.string().optional().describe('Of kind api_key.'),
    username: z.string().optional().describe('Of kind basic.'),
    password: z.string().optional().describe('Of kind basic.'),
    tokenType: z
      .string()
      .nullable()
      .meta({ examples: ['Bearer'] }),
    expiresAt: moment.nullable().describe('null: no end is known.'),
    scopes: z
      .array(z.string())
      .nullable()
      .describe('null: not known.')
      .meta({ examples: [['openid', 'email']] }),
    generation: z
      .int()
      .describe('Counts the tokens of this connection.')
      .meta({ examples: [7] }),
    headers: z
      .record(z.string(), z.string())
      .describe('Ready to be put on a request.')
      .meta({ examples: [{ Authorization: 'Bearer ya29.a0Af…' }] }),
    baseUrl: z
      .string()
      .nullable()
      .describe("Of the API, where it is the client's own or known.")
      .meta({ examples: [null] }),
    allowedHosts: z
      .array(z.string())
      .nullable()
      .describe('Hosts, with their subdomains, that it may be sent to; null: any, by https.')
      .meta({ examples: [['googleapis.com']] }),
    fingerprint: z
      .string()
      .describe('To be sent as `rejected` when the API answers 401.')
      .meta({ examples: ['Yk3dTq0hWb0'] }),
    account,
  })
  .meta({ id: 'Credential' });
