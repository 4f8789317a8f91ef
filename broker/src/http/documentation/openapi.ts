import { z } from 'zod';
import { VERSION } from '../../app/version';
import { PROBLEMS, type ProblemCode } from '../../errors/problem';
import { exampleOf } from './examples';
import { jsonSchemaOf, type JsonSchema, type NamedSchemas } from './json-schema';
import { problemsOf, type Documented } from './problems';
import { tagOf, TAGS } from './tags';

/** An OpenAPI 3.1 document, as far as its readers here need to know it. */
export interface OpenApi {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: NamedSchemas; securitySchemes: Record<string, object> };
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: Record<string, string[]>[];
  /** The scope of the access key: a scope, `any` key, or `public`. */
  'x-scope': string;
  /** Every `code` that it may answer. */
  'x-problems': ProblemCode[];
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content; headers?: Record<string, object> }>;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description?: string;
  schema: JsonSchema;
  example?: unknown;
}

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';

type Content = Record<string, { schema: JsonSchema; example?: unknown }>;

const DESCRIPTION = `Keeps clients' OAuth2 tokens and API keys, and hands out live credentials.

JSON in UTF-8. Every request but the public ones carries an access key: \`Authorization: Bearer <key>\`. Errors are
\`application/problem+json\` (RFC 9457) with a stable \`code\`. Moments are ISO 8601 in UTC. Lists are pages: \`?limit=&cursor=\`.

Before its route is looked for, any request may be turned away: \`overloaded\` (503, with Retry-After), \`request_timeout\`, \`uri_too_long\`,
\`headers_too_large\`; after that with \`method_not_allowed\`.`;

const problemAnswer = z
  .strictObject({
    type: z.literal('about:blank'),
    status: z.int(),
    title: z.string(),
    detail: z.string().describe('What is wrong, and what to do next.'),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]).describe('For programs; it never changes.'),
    requestId: z.string().describe('As in the header X-Request-Id, the log and the audit.'),
    reason: z.string().optional().describe('Why, where the code alone does not tell.'),
    connectUrl: z
      .string()
      .optional()
      .describe('With reauth_required: what to send to the client, where the key may make links.'),
    clientName: z.string().optional().describe('Beside connectUrl: the client, for people.'),
    serviceName: z.string().optional().describe('Beside connectUrl: the service, for people.'),
    scope: z.string().optional().describe('With scope_missing: the scope that the route needs.'),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

/** The documentation of these routes, made of the schemas that validate requests and of those that the tests hold answers against. */
export function openApiDocument(routes: readonly Documented[]): OpenApi {
  const named: NamedSchemas = {};
  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    const path = route.path.replace(/:([a-zA-Z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route, named) };
  }
  const used = new Set(routes.map(tagOf));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Otobot',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS.filter(({ name }) => used.has(name)).map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: named,
      securitySchemes: {
        oauthClient: {
          type: 'http',
          scheme: 'basic',
          description:
            'User: clientId/service. Password: an access key. Both form-urlencoded (RFC 6749 section 2.3.1).',
        },
        accessKey: { type: 'http', scheme: 'bearer', description: 'An access key: otobot access-key create.' },
      },
    },
  };
}

/** What browsers open, rather than programs. */
export const isPage = ({ 'x-scope': scope, responses }: Operation): boolean =>
  scope === 'public' && responses[200]?.content === undefined;

function operationOf(route: Documented, named: NamedSchemas): Operation {
  const { method, path, summary, scope, body } = route;
  const parameters = [...parametersOf(route, 'path', named), ...parametersOf(route, 'query', named)];
  return {
    operationId: [method, ...path.split(/[/:.]+/).filter((part) => part !== '' && part !== 'v1')].join('-'),
    tags: [tagOf(route)],
    summary,
    description: requirement(scope),
    security: securityOf(route),
    'x-scope': scope,
    'x-problems': problemsOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: requestBodyOf(body, route.form ? FORM : JSON_TYPE, named) }),
    responses: { ...successOf(route, named), ...refusalsOf(route, named) },
  };
}

/** Basic, or by the form itself, at the token endpoint. */
function securityOf({ scope, form }: Documented): Operation['security'] {
  if (scope === 'public') return [];
  return form ? [{ oauthClient: [] }, {}] : [{ accessKey: [] }];
}

/** Who may, in a sentence. */
function requirement(scope: Documented['scope']): string {
  if (scope === 'public') return 'Public: needs no access key.';
  return scope === 'any' ? 'Any valid access key may.' : `Requires the scope \`${scope}\`.`;
}

function parametersOf({ params, query }: Documented, place: Parameter['in'], named: NamedSchemas): Parameter[] {
  const whole = jsonSchemaOf(place === 'path' ? params : query, 'input', named);
  const required = (whole.required ?? []) as string[];
  return Object.entries((whole.properties ?? {}) as Record<string, JsonSchema>).map(
    ([name, { description, ...schema }]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(typeof description === 'string' ? { description } : {}),
      schema,
      ...(place === 'path' ? { example: exampleOf(schema, 'input', named) } : {}),
    }),
  );
}

function requestBodyOf(body: z.ZodType, type: string, named: NamedSchemas): { required: boolean; content: Content } {
  const schema = jsonSchemaOf(body, 'input', named);
  const example = exampleOf(schema, 'input', named);
  return { required: !body.safeParse(undefined).success, content: { [type]: { schema, example } } };
}

function successOf(
  { status, answer, mediaTypes = ['application/json'] }: Documented,
  named: NamedSchemas,
): Operation['responses'] {
  if (answer === null) return { [status]: { description: 'Done.' } };
  const schema = jsonSchemaOf(answer, 'output', named);
  const example = exampleOf(schema, 'output', named);
  const content = Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema, example }]));
  return { [status]: { description: 'Success.', content } };
}

/** One response per status, with the codes that have it. */
function refusalsOf(route: Documented, named: NamedSchemas): Operation['responses'] {
  const { errorAnswer = problemAnswer } = route;
  const type = route.errorAnswer === undefined ? 'application/problem+json' : JSON_TYPE;
  const schema = jsonSchemaOf(errorAnswer, 'output', named);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(route)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('. '),
        content: { [type]: { schema } },
      },
    ]),
  );
}
