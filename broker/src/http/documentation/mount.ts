import { createHash } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import type { Limits } from '../limits';
import { localsOf } from '../request-record';
import { docsPage } from './docs-page';
import { openApiDocument } from './openapi';
import type { Documented } from './problems';

export interface DocumentationParts {
  documented: readonly Documented[];
  limits: Limits;
}

export const DOCUMENTS = ['/openapi.json', '/docs'] as const;
const [OPENAPI, DOCS] = DOCUMENTS;

interface File {
  body: Buffer;
  type: string;
  etag: string;
  /** Where it needs more than nothing at all. */
  contentSecurityPolicy?: string;
}

/** The documentation of the routes that this process has, public: it says nothing about what anybody keeps here. */
export function mountDocumentation(server: Express, { documented, limits }: DocumentationParts): void {
  const document = once(() => openApiDocument(documented));
  const openApi = once(() => fileOf(JSON.stringify(document()), 'application/json'));
  const docs = once((): File => {
    const { html, contentSecurityPolicy } = docsPage(document());
    return { ...fileOf(html, 'text/html'), contentSecurityPolicy };
  });
  server.get(OPENAPI, shown(OPENAPI, openApi, limits));
  server.get(DOCS, shown(DOCS, docs, limits));
}

/** Made when somebody asks for it first: who serves credentials all day may never be. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function fileOf(text: string, type: string): File {
  const body = Buffer.from(text);
  return { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** Counted like everything public. Whoever has this very version is told so, and gets nothing. */
function shown(path: string, file: () => File, limits: Limits) {
  return async (request: Request, response: Response): Promise<void> => {
    const locals = localsOf(response);
    locals.route = path;
    await limits.countAddress(request, response, locals.caller);
    const { body, type, etag, contentSecurityPolicy } = file();
    if (contentSecurityPolicy !== undefined) response.setHeader('Content-Security-Policy', contentSecurityPolicy);
    response.setHeader('Cache-Control', 'no-cache'); // kept, and asked after each time: a new version is seen at once
    response.setHeader('ETag', etag);
    if (request.fresh) response.status(304).end();
    else response.status(200).type(type).send(body);
  };
}
