import { z } from 'zod';
import { findN8nCredentialType } from '../../providers/n8n-credential-types';
import type { ConnectionKind } from '../../types/credential';

/** One credential as `n8n export:credentials --decrypted` writes it; older versions leave the id out. */
const exported = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  name: z.string(),
  type: z.string(),
  data: z.union([z.string(), z.record(z.string(), z.unknown())]),
});
const tokenData = z.object({ access_token: z.string().optional(), refresh_token: z.string().optional() });

/** A credential of n8n, as it would be one of ours: whose it is, is for others to say. */
export interface N8nGrant {
  id: string;
  /** What people called it there. */
  title: string;
  type: string;
  /** As the catalogue calls it; null: n8n's type does not say. */
  service: string | null;
  kind?: ConnectionKind;
  accessToken?: string;
  refreshToken?: string;
  apiKey?: string;
  username?: string;
  password?: string;
  app?: { clientId: string; clientSecret: string };
}

export interface N8nLeftOut {
  id: string;
  title: string;
  type: string;
  why: string;
}

export interface N8nExport {
  grants: N8nGrant[];
  leftOut: N8nLeftOut[];
}

/** What the file is not, with what to do about it. Its message holds nothing of the file. */
export class NotAnExport extends Error {
  override readonly name = 'NotAnExport';
}

/** Reads what n8n exported: all credentials in one array, or one alone. Throws NotAnExport. */
export function readN8nExport(content: string): N8nExport {
  const read: N8nExport = { grants: [], leftOut: [] };
  for (const { id, name: title, type, data } of credentialsOf(content)) {
    if (typeof data === 'string')
      throw new NotAnExport('the credentials in it are encrypted: export again with --decrypted');
    const known = { id: id === undefined ? '' : String(id), title, type };
    const grant = grantOf(type, data);
    if (typeof grant === 'string') read.leftOut.push({ ...known, why: grant });
    else read.grants.push({ ...known, ...grant });
  }
  return read;
}

function credentialsOf(content: string): z.infer<typeof exported>[] {
  const value = parsed(content.replace(/^\uFEFF/, ''));
  const result = z.array(exported).safeParse(Array.isArray(value) ? value : [value]);
  if (result.success) return result.data;
  throw new NotAnExport('it is not what n8n export:credentials writes: a list of credentials with name, type and data');
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // JSON.parse quotes the text, which holds secrets.
    throw new NotAnExport('it is not JSON');
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Or why there is none. */
function grantOf(type: string, data: Fields): Omit<N8nGrant, 'id' | 'title' | 'type'> | string {
  const known = findN8nCredentialType(type);
  if (known === null && !('oauthTokenData' in data) && !('clientId' in data))
    return 'its type is not known here, and it holds no OAuth2 tokens';
  if (known === null || known.kind === 'oauth2') return oauthGrantOf(known?.service ?? null, data);
  if (known.kind === 'api_key') {
    const apiKey = textOf(data, known.secret);
    return apiKey === undefined ? 'it holds no key' : { service: known.service, kind: 'api_key', apiKey };
  }
  const [username, password] = [textOf(data, known.username), textOf(data, known.password)];
  if (username === undefined || password === undefined) return 'it holds no user name and password';
  return { service: known.service, kind: 'basic', username, password };
}

function oauthGrantOf(service: string | null, data: Fields): Omit<N8nGrant, 'id' | 'title' | 'type'> | string {
  const [clientId, clientSecret] = [textOf(data, 'clientId'), textOf(data, 'clientSecret')];
  const app = clientId !== undefined && clientSecret !== undefined ? { app: { clientId, clientSecret } } : {};
  if (data.grantType === 'clientCredentials')
    return 'app' in app ? { service, kind: 'client_credentials', ...app } : 'it holds no client id and secret';
  const tokens = tokenData.safeParse(data.oauthTokenData).data;
  // n8n does not write down when its access token ends: where it can be renewed, a new one is fetched at once instead.
  if (tokens?.refresh_token) return { service, refreshToken: tokens.refresh_token, ...app };
  if (tokens?.access_token) return { service, accessToken: tokens.access_token, ...app };
  return 'nobody has signed in with it in n8n: it holds no token';
}

function textOf(data: Fields, member: string): string | undefined {
  const value = Object.hasOwn(data, member) ? data[member] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
