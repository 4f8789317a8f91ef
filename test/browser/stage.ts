import type { Browser } from 'playwright-core';
import { createInstallation, type Installation } from '../../broker/test/system/installation';
import { must, operatorOf, type Operator } from '../../broker/test/system/operator';
import type { Environment } from '../../broker/test/system/program';
import { startLoopbackProvider, type LoopbackProvider } from '../provider/support';
import { launchChromium } from './chromium';
import { freePort } from './free-port';

/** A broker, a provider and a browser, all real; the service `demo` and its app are there, and no client yet. */
export interface Stage {
  browser: Browser;
  provider: LoopbackProvider;
  installation: Installation;
  /** Where the broker listens; not what clients see when a proxy is before it. */
  brokerUrl: URL;
  operator: Operator;
  close(): Promise<void>;
}

export interface StageOptions {
  env?: Environment;
  chromiumArgs?: readonly string[];
  providerArgs?: readonly string[];
}

export async function setStage({ env = {}, chromiumArgs = [], providerArgs = [] }: StageOptions = {}): Promise<Stage> {
  const installation = createInstallation();
  // Known beforehand: it is in every link and in the callback's address.
  const port = String(await freePort());
  const parts = [
    launchChromium(chromiumArgs),
    startLoopbackProvider(providerArgs),
    installation.start('start', { PORT: port, TRUST_PROXY: 'loopback', ...env }),
  ] as const;
  const close = async (): Promise<void> => {
    const [browser, provider] = await Promise.allSettled(parts);
    if (browser.status === 'fulfilled') await browser.value.close();
    await installation.remove();
    if (provider.status === 'fulfilled') await provider.value.stop();
  };
  try {
    const [browser, provider, broker] = await Promise.all(parts);
    const operator = operatorOf(broker.url, broker.accessKey ?? '');
    await addDemo(operator, provider);
    return { browser, provider, installation, brokerUrl: new URL(broker.url), operator, close };
  } catch (error) {
    // Of three, two may have started, and jest would wait for them for ever.
    await close();
    throw error;
  }
}

async function addDemo(operator: Operator, provider: LoopbackProvider): Promise<void> {
  const service = {
    name: 'demo',
    displayName: 'Demo',
    oauthType: 'oauth2',
    rotation: 'strict',
    authorizationUrl: `${provider.url}/auth`,
    tokenUrl: `${provider.url}/token`,
    revocationUrl: `${provider.url}/token/revocation`,
    issuer: provider.url,
    scopes: 'openid email offline_access calendar.read',
    scopeTexts: { 'calendar.read': { en: 'Read your calendar', fr: 'Lire votre agenda' } },
    accountFrom: 'id_token',
    accountIdPath: 'sub',
    accountLabelPath: 'email',
    allowedHosts: ['127.0.0.1'],
  };
  await must(operator('POST', '/v1/services', service));
  const { clientId, clientSecret } = provider;
  await must(operator('PUT', '/v1/services/demo/app', { clientId, clientSecrets: [clientSecret] }));
}

export interface Link {
  id: string;
  url: string;
  expiresAt: string;
}

let lastClient = 0;

/** A new client of its own for a test, and a link for it. */
export async function inviteClient(
  { operator }: Stage,
  fields: Record<string, unknown> = {},
): Promise<{ clientId: string; link: Link }> {
  const clientId = `client-${(lastClient += 1)}`;
  await must(operator('POST', '/v1/clients', { clientId, name: 'Acme Ltd' }));
  return { clientId, link: await makeLink(operator, clientId, fields) };
}

export async function makeLink(
  operator: Operator,
  clientId: string,
  fields: Record<string, unknown> = {},
): Promise<Link> {
  return (await must(
    operator('POST', '/v1/connect-links', { clientId, service: 'demo', ...fields }),
  )) as unknown as Link;
}
