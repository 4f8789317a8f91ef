/** The value of a service's request header: the secret behind its scheme; an empty scheme means the bare secret. */
export function headerValue(scheme: string, secret: string): string {
  return scheme === '' ? secret : `${scheme} ${secret}`;
}

/** The header with which a service's API is given a token, or an API key, that no answer named a type for. */
export function tokenHeader(
  { requestHeader, requestScheme }: { requestHeader: string; requestScheme: string | null },
  token: string,
): { name: string; value: string } {
  return { name: requestHeader, value: headerValue(requestScheme ?? 'Bearer', token) };
}

/** RFC 7617 section 2. */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
