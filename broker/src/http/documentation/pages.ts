import { z } from 'zod';
import type { Documented } from './problems';

const NOTHING = z.strictObject({});
const page = {
  scope: 'public',
  limited: true,
  query: NOTHING,
  body: null,
  status: 200,
  answer: null,
  problems: [],
} as const;
const token = z.strictObject({ token: z.string().describe('The secret of a connect link.') });
const service = z.strictObject({ service: z.string().meta({ examples: ['google'] }) });

/** What people see: clients' pages, which are on the host of PUBLIC_URL too, and this documentation. */
export const PAGES: readonly Documented[] = [
  {
    ...page,
    method: 'get',
    path: '/connect/:token',
    summary: 'The page of a connect link, in HTML; it starts nothing, because mail scanners follow links too',
    params: token,
  },
  {
    ...page,
    method: 'post',
    path: '/connect/:token',
    summary: 'The button on that page: leads on to the provider, or hands in an API key',
    params: token,
  },
  {
    ...page,
    method: 'get',
    path: '/oauth/callback/:service',
    summary: 'Back from the provider; the redirect URI of its OAuth client',
    params: service,
  },
  { ...page, method: 'get', path: '/openapi.json', summary: 'This documentation as OpenAPI 3.1', params: NOTHING },
  { ...page, method: 'get', path: '/docs', summary: 'This documentation as a page', params: NOTHING },
];
