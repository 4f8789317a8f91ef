import { BrokerError } from '../shared/broker-error';
import { invalid, type ApiCall } from './call';

/**
 * The URL that a call goes to. Which hosts are allowed is not decided here but for each request, see `assertMayReceive`.
 *
 * @param baseUrl of the service, as the broker knows it for this connection; null where it has none
 * @throws BrokerError for what is neither a path below the base URL nor a complete URL
 */
export function addressOf({ url, query }: Pick<ApiCall, 'url' | 'query'>, baseUrl: string | null): URL {
  const address = /^[a-z][a-z\d+.-]*:/i.test(url) ? complete(url) : below(baseUrl, url);
  if (address.username !== '' || address.password !== '') {
    throw invalid('"URL" must not contain a user name or password: the credential comes from Otobot');
  }
  address.hash = '';
  for (const [name] of query) if (address.searchParams.has(name)) address.searchParams.delete(name);
  // Appended as text, since `searchParams` would write anew what the workflow has already encoded in its own way.
  const added = query.map((pair) => pair.map(encodeURIComponent).join('='));
  address.search = [address.search.slice(1), ...added].filter((part) => part !== '').join('&');
  return address;
}

function complete(url: string): URL {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw invalid(`"URL" is not a URL: ${url}`);
  return new URL(url);
}

function below(baseUrl: string | null, path: string): URL {
  // To a browser, and so to `new URL`, these begin a host.
  if (/^[\\/]{2}/.test(path)) throw invalid('"URL" must not begin with //: write a path, or a complete URL');
  if (baseUrl === null) {
    throw new BrokerError('This service has no base URL in Otobot, so "URL" must be a complete URL (https://…)', {
      reasonCode: 'invalid_input',
    });
  }
  const base = new URL(baseUrl);
  const root = base.pathname.replace(/\/+$/, '');
  const address = new URL(`${base.origin}${root}${path === '' || /^[/?]/.test(path) ? '' : '/'}${path}`);
  if (address.origin !== base.origin || !isWithin(address.pathname, root)) {
    throw invalid(`"URL" leaves the base URL of the service, ${base.href}: ${path}`);
  }
  return address;
}

function isWithin(pathname: string, root: string): boolean {
  return pathname === root || pathname.startsWith(`${root}/`);
}
