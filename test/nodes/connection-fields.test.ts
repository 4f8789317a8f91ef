import type { IDataObject, IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { connectionAsked, connectionFields } from '../../nodes/shared/connection-fields';
import { searchClients, searchServices } from '../../nodes/shared/lookups';
import { brokerStandIn, credentialFields, httpRequest, INTERNAL_TOKEN, ok, type Scripted } from './support';

describe('the connection that an item is about', () => {
  const locator = (value: unknown, mode = 'id') => ({ __rl: true, mode, value });
  /** `written` in the node, and what n8n makes of it for this item. */
  const asked = (written: IDataObject, resolved = written, credential: IDataObject = {}) => {
    const context = {
      getNode: () => ({ parameters: written }),
      getNodeParameter: (name: string, _i: number, fallback: unknown) => resolved[name] ?? fallback,
      getCredentials: async () => credentialFields('http://127.0.0.1:1', credential),
    };
    return connectionAsked.call(context as unknown as IExecuteFunctions, 0);
  };
  const own = { clientId: 'acme', service: 'google', name: 'default' };

  test.each<[string, IDataObject]>([
    ['nothing is there, as in a workflow made by hand', {}],
    ['the locators were left as they are', { clientId: locator('', 'list'), service: locator('', 'list') }],
    ['the fields of an earlier version were left empty', { clientId: '', service: '' }],
  ])("is the credential's where %s", async (_what, written) => {
    expect(await asked(written)).toEqual(own);
  });

  test.each<[string, IDataObject]>([
    ['chosen from the list', { clientId: locator('globex', 'list'), service: locator('slack', 'list') }],
    ['written as an ID', { clientId: locator('globex'), service: locator(' slack ') }],
    ['the plain text of an earlier version', { clientId: 'globex', service: 'slack' }],
  ])("is the node's where it is %s", async (_what, written) => {
    const options = { connectionName: 'second' };
    expect(await asked({ ...written, options })).toEqual({ clientId: 'globex', service: 'slack', name: 'second' });
  });

  test("takes the credential's name for a connection unless the node has one", async () => {
    expect(await asked({}, {}, { connectionName: 'third' })).toEqual({ ...own, name: 'third' });
  });

  test.each<[string, unknown, unknown]>([
    ['in a locator', locator('={{ $json.client }}'), locator(undefined)],
    ['in a list that was left for an expression', locator('={{ $json.client }}', 'list'), locator('', 'list')],
    ['in place of the locator', '={{ $json.client }}', null],
    ['in the field of an earlier version', '={{ $json.client }}', ''],
  ])("is never the credential's when an expression %s finds nothing", async (_where, written, resolved) => {
    const [node, item] = [{ clientId: written }, { clientId: resolved }] as IDataObject[];
    await expect(asked(node as IDataObject, item)).rejects.toThrow('"Client ID" is empty');
    const service = [{ service: written }, { service: resolved }] as IDataObject[];
    await expect(asked(service[0] as IDataObject, service[1])).rejects.toThrow('"Service" is empty');
  });
});

test('the fields name searches that exist, and are shown where the node says', () => {
  const show = { operation: ['get'] };
  const methods = connectionFields({ show }).flatMap(({ modes = [], displayOptions }) => {
    expect(displayOptions).toEqual({ show });
    return modes.flatMap(({ typeOptions }) => typeOptions?.searchListMethod ?? []);
  });
  expect(methods).toEqual([searchClients.name, searchServices.name]);
});

describe('a drop-down', () => {
  let answer: Scripted;
  let broker: Awaited<ReturnType<typeof brokerStandIn>>;
  beforeEach(async () => {
    broker = await brokerStandIn(() => answer);
  });
  afterEach(() => broker.close());
  /** The credential as n8n hands it over while no item is there: expressions have found nothing. */
  const context = () =>
    ({
      getCredentials: async () => credentialFields(broker.url, { clientId: undefined, service: undefined }),
      helpers: { httpRequest },
    }) as unknown as ILoadOptionsFunctions;

  test('shows names for people with their IDs, and where the next page begins', async () => {
    const items = [
      { clientId: 'acme', name: 'Acme Ltd' },
      { clientId: 'globex', name: 'globex' },
    ];
    answer = ok({ items, nextCursor: 'next' });
    expect(await searchClients.call(context(), ' ac&me ', 'here')).toEqual({
      results: [
        { name: 'Acme Ltd (acme)', value: 'acme' },
        { name: 'globex', value: 'globex' },
      ],
      paginationToken: 'next',
    });
    const [received] = broker.received;
    expect(received).toMatchObject({ method: 'GET', url: '/v1/clients?limit=100&cursor=here&search=ac%26me' });
    expect(received?.headers.authorization).toBe(`Bearer ${INTERNAL_TOKEN}`);
  });

  test('ends with the last page, and searches for nothing where nothing was typed', async () => {
    answer = ok({ items: [{ name: 'google', displayName: 'Google' }], nextCursor: null });
    const { results, paginationToken } = await searchServices.call(context(), ' ');
    expect(results).toEqual([{ name: 'Google (google)', value: 'google' }]);
    expect(paginationToken).toBeUndefined();
    expect(broker.received[0]?.url).toBe('/v1/services?limit=100');
  });
});
