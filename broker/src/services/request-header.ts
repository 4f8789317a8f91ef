/** The value of a service's request header: the secret behind its scheme; an empty scheme means the bare secret. */
export function headerValue(scheme: string, secret: string): string {
  return scheme === '' ? secret : `${scheme} ${secret}`;
}

/** RFC 7617 section 2. */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
