import { z } from 'zod';
import { serviceFields } from '../service-fields';
import { moment, owner, service } from './parts';
import { revocationOrder, stopping, suspensionState } from './suspending';

/** What may be given of a service is what is told of it, each always there. */
const definition = Object.fromEntries(
  Object.entries(serviceFields).map(([name, field]) => [name, described(field.unwrap(), field)]),
);

const view = z.strictObject({
  name: service,
  ...definition,
  scopes: z
    .array(z.string())
    .describe('OAuth scopes.')
    .meta({ examples: [['openid', 'email']] }),
  shared: z.boolean().describe('Of the shared catalogue, which all organizations see.'),
  ...suspensionState,
  revocationOrder,
  createdAt: moment,
  updatedAt: moment,
});

const appSummary = {
  clientId: z
    .string()
    .describe('The id of the OAuth client.')
    .meta({ examples: ['1234-abc.apps.example'] }),
  scopes: z
    .array(z.string())
    .nullable()
    .describe("null: the service's.")
    .meta({ examples: [null] }),
  suspendedAt: moment
    .nullable()
    .describe('null: the provider accepts its secrets.')
    .meta({ examples: [null] }),
  suspendedReason: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
  updatedAt: moment,
};

export const serviceAnswer = view.meta({ id: 'Service' });

export const suspendedServiceAnswer = z.strictObject({ ...view.shape, stopping });

export const serviceWithAppAnswer = z.strictObject({
  ...view.shape,
  app: z.strictObject(appSummary).nullable().describe("The organization's OAuth client; null: none."),
});

export const appAnswer = z
  .strictObject({ service, owner, ...appSummary, secretCount: z.int().meta({ examples: [1] }) })
  .meta({ id: 'App' });

const url = z.string().nullable();
export const moveAnswer = z.strictObject({
  name: service,
  tokenUrl: url.meta({ examples: ['https://login.crm.example/oauth/token'] }),
  refreshUrl: url,
  revocationUrl: url,
  tenantHosts: z.array(z.string()).nullable(),
  total: z
    .int()
    .describe('About how many secrets there are.')
    .meta({ examples: [12] }),
  looked: z
    .int()
    .describe('Secrets looked at since the move began.')
    .meta({ examples: [12] }),
  resealed: z.int().meta({ examples: [12] }),
  unopened: z.int().describe('They open neither here nor where the service was: left as they are.'),
  nextCursor: z
    .string()
    .nullable()
    .describe('To be sent with the next request; null: done.')
    .meta({ examples: [null] }),
});

/** What is said of a field, with its examples, goes with it. */
function described(inner: z.ZodType, field: z.ZodType): z.ZodType {
  return inner.meta({ ...field.meta() });
}
