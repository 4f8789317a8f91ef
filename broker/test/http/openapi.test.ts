import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { ZodType } from 'zod';
import { openApiDocument, type OpenApi, type Operation } from '../../src/http/documentation/openapi';
import type { Broker } from '../../src/app/broker';
import { allRoutes, documentedRoutes } from '../../src/http/serve';
import { SCOPES } from '../../src/secrets/scopes';
import { PROBLEMS } from '../../src/errors/problem';
import { call } from '../support/broker';
import { exchange, request } from '../system/raw';
import { setScene, type Scene } from './scene';

let scene: Scene;
let document: OpenApi;
beforeAll(async () => {
  scene = await setScene();
  const answer = await call(`${scene.broker.url}/openapi.json`);
  expect(answer.status).toBe(200);
  document = answer.json as unknown as OpenApi;
});
afterAll(() => scene.close());

const routes = allRoutes({} as Broker);
const operations = (): [name: string, operation: Operation][] =>
  Object.entries(document.paths).flatMap(([pattern, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${pattern}`, operation]),
  );
const operationOf = (method: string, pattern: string): Operation =>
  document.paths[pattern.replace(/:([a-zA-Z]+)/g, '{$1}')]?.[method] as Operation;

test('it is a valid OpenAPI 3.1 document, public, and the same that the program makes', async () => {
  expect(await judged(document)).toEqual({ valid: true, version: '3.1' });
  expect(await judged({ ...document, paths: { '/x': { get: { responses: 7 } } } })).toMatchObject({ valid: false });
  expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument(documentedRoutes(routes)))));
  expect(document.info.version).toBe(
    (JSON.parse(readFileSync(`${__dirname}/../../package.json`, 'utf8')) as { version: string }).version,
  );
});

test('every route is in it, with its scope, its parameters and what it answers', () => {
  for (const { method, path: pattern, scope, status, answer, params } of routes) {
    const operation = operationOf(method, pattern);
    expect([method, pattern, operation['x-scope']]).toEqual([method, pattern, scope]);
    expect(operation.security).toEqual(scope === 'public' ? [] : [{ accessKey: [] }]);
    expect(Object.keys(operation.responses)).toContain(String(status));
    // What nobody described cannot be told to anybody.
    if (status !== 204) expect([method, pattern, answer]).toEqual([method, pattern, expect.anything()]);
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(inPath.sort()).toEqual([...pattern.matchAll(/:([a-zA-Z]+)/g)].map(([, name]) => name).sort());
    expect(params.safeParse(Object.fromEntries(inPath.map((name) => [name, exampleOf(operation, name)]))).success).toBe(
      true,
    );
  }
});

test('every code that anybody may hear is in it', () => {
  const told = new Set<string>(operations().flatMap(([, operation]) => operation['x-problems']));
  for (const [, code = ''] of document.info.description.matchAll(/`([a-z_]+)`/g)) told.add(code);
  expect(Object.keys(PROBLEMS).filter((code) => !told.has(code))).toEqual([]);
});

/** What a validator of OpenAPI says; it is an ES module, which jest does not load. */
async function judged(document: object): Promise<unknown> {
  const validator = spawn(process.execPath, [path.join(__dirname, 'validate-openapi.mjs')]);
  validator.stdin.end(JSON.stringify(document));
  return JSON.parse(await text(validator.stdout));
}

const exampleOf = (operation: Operation, parameter: string): unknown =>
  operation.parameters?.find(({ name }) => name === parameter)?.example;

test('every example is one that the schema beside it accepts', () => {
  const told: string[] = [];
  const check = (name: string, schema: ZodType, example: unknown): void => {
    const { error } = schema.safeParse(example);
    if (error) told.push(`${name}: ${error.message}`);
  };
  for (const { method, path: pattern, status, body, answer, mediaTypes } of routes) {
    const { requestBody, responses } = operationOf(method, pattern);
    if (body !== null) check(`body of ${method} ${pattern}`, body, requestBody?.content['application/json']?.example);
    if (answer !== null)
      check(
        `answer of ${method} ${pattern}`,
        answer,
        responses[status]?.content?.[mediaTypes?.[0] ?? 'application/json']?.example,
      );
  }
  expect(told).toEqual([]);
});

test('names are unique, tags are told, scopes are those that keys have, and every reference leads somewhere', () => {
  const ids = operations().map(([, { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const tags = document.tags.map(({ name }) => name);
  for (const [, operation] of operations()) {
    expect(tags).toEqual(expect.arrayContaining(operation.tags));
    expect([...SCOPES, 'any', 'public']).toContain(operation['x-scope']);
    expect(operation.summary).toMatch(/^[A-Z].{5,}[^.]$/);
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter(([, name = '']) => document.components.schemas[name] === undefined)).toEqual([]);
});

test('a request body takes no members beyond those that are documented', () => {
  const open = operations().filter(([, { requestBody }]) => {
    const schema = requestBody?.content['application/json']?.schema;
    return schema !== undefined && schema.additionalProperties !== false;
  });
  expect(open).toEqual([]);
});

test('the page for people has every route, every code and no script, under a policy that lets in its style alone', async () => {
  const { status, headers, text: page } = await call(`${scene.broker.url}/docs`);
  expect(status).toBe(200);
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; frame-ancestors/,
  );
  for (const [, { operationId }] of operations()) expect(page).toContain(`<article id="${operationId}"`);
  for (const code of document.components.schemas.Problem?.properties ? Object.keys(PROBLEMS) : [])
    expect(page).toContain(`id="problem-${code}"`);
  expect(page).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=|https?:\/\/[^"]*\.(css|js)/);
  expect(page).toContain('curl -sS http://127.0.0.1:3001/v1/credentials/acme/google');
});

test('whoever has this version is told so, and gets it no second time', async () => {
  const first = await call(`${scene.broker.url}/openapi.json`);
  expect(first.headers.get('cache-control')).toBe('no-cache');
  expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
  const has = [`If-None-Match: ${first.headers.get('etag') ?? ''}`];
  expect(await exchange(scene.broker.url, request('GET', '/openapi.json', has))).toMatchObject({
    status: 304,
    body: '',
  });
  expect((await call(`${scene.broker.url}/openapi.json`, { method: 'POST' })).status).toBe(405);
});
