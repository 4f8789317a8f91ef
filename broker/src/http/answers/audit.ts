import { z } from 'zod';
import { id, moment } from './parts';

const text = z.string().nullable();

export const auditAnswer = z
  .strictObject({
    occurredAt: moment,
    processId: id,
    sequence: z
      .int()
      .describe('Counts within the process.')
      .meta({ examples: [4_711] }),
    action: z.string().meta({ examples: ['credential.read'] }),
    code: z
      .string()
      .describe('released, admitted, or the code of the problem with which it was refused.')
      .meta({ examples: ['released'] }),
    actor: z.string().meta({ examples: ['key:7Qm2xVb0KpLa'] }),
    clientId: text.meta({ examples: ['acme'] }),
    service: text.meta({ examples: ['google'] }),
    connectionId: id.nullable(),
    generation: z
      .int()
      .nullable()
      .meta({ examples: [7] }),
    address: text.meta({ examples: ['10.0.0.7'] }),
    userAgent: text.meta({ examples: ['n8n'] }),
    requestId: text.meta({ examples: ['6b1f3c1e-6d0b-4d2c-9a53-0a8d1e2f3a4b'] }),
    workflowId: text.meta({ examples: ['w1'] }),
    executionId: text.meta({ examples: ['e1'] }),
    detail: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: 'AuditRecord' });

/** An export: not a document, but lines. */
export const auditFile = z
  .string()
  .describe('A record a line, each as a page of the list has it; CSV begins with the names.')
  .meta({ examples: ['…'] });

export const auditHeadAnswer = z.strictObject({
  id: z
    .int()
    .describe('Of the newest seal; 0: nothing is sealed yet.')
    .meta({ examples: [1_204] }),
  head: z
    .string()
    .nullable()
    .describe('64 hexadecimal digits; null: nothing is sealed yet.')
    .meta({ examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'] }),
  rows: z
    .int()
    .describe('In the chain up to here.')
    .meta({ examples: [52_118] }),
  sealedAt: moment.nullable(),
});
