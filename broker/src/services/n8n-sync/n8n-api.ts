import { z } from 'zod';
import type { OutboundAgents } from '../../outbound/outbound';
import { request, type Answer, type Method } from '../../outbound/request';
import { networkFailure } from '../../providers/network-failure';

/** The public API of one n8n. What the other side does never throws. */
export interface N8nApi {
  /** Whether it answers, and takes the key. */
  probe(): Promise<N8nFailure | null>;
  create(credential: N8nCredentialBody): Promise<N8nKept | N8nFailure>;
  /** All of it: n8n merges nothing. */
  replace(id: string, credential: N8nCredentialBody): Promise<N8nKept | N8nFailure>;
  read(id: string): Promise<N8nKept | N8nFailure>;
  /** One that is not there is deleted, too. */
  remove(id: string): Promise<N8nFailure | null>;
  /** Those with the mark at the end of their name: what stands before it is a title, which may hold another's mark. */
  findMarked(mark: string): Promise<N8nKept[] | N8nFailure>;
}

export interface N8nCredentialBody {
  name: string;
  type: string;
  data: Readonly<Record<string, unknown>>;
}

/** A credential as n8n tells of it: never its data. */
export interface N8nKept {
  id: string;
  name: string;
  type: string;
  updatedAt: string;
}

/** `instance`: it does not answer, or refuses the key; `missing`: there is no such credential; `refused`: this credential is wrong. */
export interface N8nFailure {
  failed: 'instance' | 'missing' | 'refused';
  /** A word of ours: what n8n says is not kept, since it may hold what it was sent. */
  code: string;
}

export interface N8nApiParts {
  url: string;
  apiKey: string;
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  /** For one request. */
  timeoutMs: number;
  /** By performance.now(): nothing is sent after that, and nothing waited for. */
  endsAtMs: number;
}

const kept = z.object({ id: z.string(), name: z.string(), type: z.string(), updatedAt: z.string() });
const page = z.object({ data: z.array(kept), nextCursor: z.string().nullish() });

/** n8n answers whoever has "bot" in his name with 204 and nothing else: so not ours. */
const USER_AGENT = 'credential-broker';
/** With all that n8n tells of whom they are shared with, so many fit into what is read of an answer. */
const PAGE = 100;
/** As many as nobody has: a server that always names a next page comes to an end too. */
const MOST_PAGES = 500;

/** n8n's public API, version 1, as 2.40.5 has it; docs/n8n-sync.md says what was tried. */
export function n8nApi({ url, apiKey, agents, timeoutMs, endsAtMs }: N8nApiParts): N8nApi {
  const send = async (method: Method, path: string, body?: N8nCredentialBody): Promise<Answer> => {
    const headers = {
      'user-agent': USER_AGENT,
      'x-n8n-api-key': apiKey,
      ...(body && { 'content-type': 'application/json' }),
    };
    const leftMs = endsAtMs - performance.now();
    if (leftMs <= 0) return { failed: Object.assign(new Error('took too long'), { code: 'ETIMEDOUT' }) };
    const call = { url: `${url}/api/v1${path}`, headers, agents, timeoutMs: Math.min(timeoutMs, leftMs) };
    return request(method, call, body && JSON.stringify(body));
  };
  const ofOne = (id: string): string => `/credentials/${encodeURIComponent(id)}`;
  const list = async (cursor: string | null, limit: number): Promise<z.output<typeof page> | N8nFailure> => {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { cursor }) });
    const answer = parsed(await send('GET', `/credentials?${query.toString()}`), page);
    if (!('failed' in answer) || answer.failed === 'instance') return answer;
    // A list is always there: where there is none, there is no n8n, or one without its public API.
    return { failed: 'instance', code: answer.failed === 'missing' ? 'not_n8n' : answer.code };
  };

  return {
    probe: async () => {
      const answer = await list(null, 1);
      return 'failed' in answer ? answer : null;
    },
    create: async (credential) => parsed(await send('POST', '/credentials', credential), kept),
    replace: async (id, credential) => parsed(await send('PATCH', ofOne(id), credential), kept),
    read: async (id) => parsed(await send('GET', ofOne(id)), kept),
    remove: async (id) => {
      const answer = parsed(await send('DELETE', ofOne(id)), kept);
      if (!('failed' in answer)) return null;
      // A 404 that is not n8n's own says nothing about the credential: some proxies let no DELETE through.
      return answer.code === 'not_n8n'
        ? { failed: 'instance', code: 'not_n8n' }
        : answer.failed === 'missing'
          ? null
          : answer;
    },
    findMarked: async (mark) => {
      const found: N8nKept[] = [];
      let cursor: string | null = null;
      for (let pages = 0; pages < MOST_PAGES; pages += 1) {
        const answer: z.output<typeof page> | N8nFailure = await list(cursor, PAGE);
        if ('failed' in answer) return answer;
        found.push(...answer.data.filter(({ name }) => name.endsWith(mark)));
        cursor = answer.nextCursor ?? null;
        if (cursor === null) break;
      }
      return found;
    },
  };
}

function parsed<T>(answer: Answer, schema: z.ZodType<T>): T | N8nFailure {
  if ('failed' in answer) return { failed: 'instance', code: networkFailure(answer.failed).code };
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    const read = schema.safeParse(body);
    return read.success ? read.data : { failed: 'instance', code: 'not_n8n' };
  }
  if (status === 404) return { failed: 'missing', code: body === undefined ? 'not_n8n' : 'missing' };
  if (status === 400 || status === 422) return { failed: 'refused', code: refusalOf(body) };
  return { failed: 'instance', code: CODES[status] ?? `http_${status}` };
}

const CODES: Readonly<Record<number, string>> = { 401: 'unauthorized', 403: 'forbidden' };

function refusalOf(body: unknown): string {
  const message = z.object({ message: z.string() }).safeParse(body).data?.message ?? '';
  if (message.includes('is not a known type')) return 'unknown_type';
  return message.startsWith('request.body.data') ? 'fields_refused' : 'refused';
}
