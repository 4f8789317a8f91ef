import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Consent {
  grantId: string;
  accessToken: string;
  refreshToken: string;
}

/** A real OpenID provider (panva's oidc-provider, certified) that rotates refresh tokens and ends a grant on their reuse. */
export interface OidcProvider {
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  /** 200 for a live access token, 401 otherwise. */
  userinfoUrl: string;
  clientId: string;
  clientSecret: string;
  /** A consent with its first tokens, without a browser. */
  consent(accountId: string): Promise<Consent>;
  revoke(grantId: string): Promise<void>;
  stop(): Promise<void>;
}

export interface OidcOptions {
  clientId?: string;
  clientSecret?: string;
  redirectUri?: string;
  accessTokenSeconds?: number;
}

interface Reply {
  id: number;
  result?: unknown;
  error?: string;
}

export async function startOidcProvider(options: OidcOptions = {}): Promise<OidcProvider> {
  const client = {
    clientId: 'otobot',
    clientSecret: 'otbcanary-oidc-client-secret',
    redirectUri: 'http://127.0.0.1/callback',
    accessTokenSeconds: 3600,
    ...options,
  };
  // Its warnings (runtime, development keys) say nothing about a test.
  const child = fork(join(__dirname, 'oidc-process.mjs'), [JSON.stringify(client)], { execArgv: [], silent: true });
  const { issuer } = await firstMessage(child);
  return {
    issuer,
    authorizationUrl: `${issuer}/auth`,
    tokenUrl: `${issuer}/token`,
    userinfoUrl: `${issuer}/me`,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    consent: async (accountId) => (await ask(child, 'consent', accountId)) as Consent,
    revoke: async (grantId) => {
      await ask(child, 'revoke', grantId);
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function firstMessage(child: ChildProcess): Promise<{ issuer: string }> {
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as { issuer: string });
    });
    child.once('exit', (code) => {
      reject(new Error(`the OpenID provider ended with ${code ?? 'a signal'}: ${complaints}`));
    });
  });
}

let lastId = 0;

async function ask(child: ChildProcess, command: string, argument: string): Promise<unknown> {
  const id = (lastId += 1);
  return new Promise((resolve, reject) => {
    const listen = (message: unknown): void => {
      const { id: answered, result, error } = message as Reply;
      if (answered !== id) return;
      child.off('message', listen);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    };
    child.on('message', listen);
    child.send({ id, command, argument });
  });
}
