import { createRequire } from 'node:module';

interface Debug {
  enabled(namespace: string): boolean;
}

/**
 * `DEBUG=simple-oauth2*` (or `DEBUG=*`) makes simple-oauth2 print the Authorization header and the body of every token
 * request. Its loggers ask `debug.enabled(namespace)` each time the enabled names change, so answering "no" here, on the very copy
 * of `debug` that simple-oauth2 loads, holds whatever is set in the environment or enabled later. Other namespaces are not touched.
 */
export function silenceSimpleOAuth2(): void {
  const debug = createRequire(require.resolve('simple-oauth2'))('debug') as Debug;
  const enabled = debug.enabled.bind(debug);
  debug.enabled = (namespace) => !namespace.startsWith('simple-oauth2') && enabled(namespace);
}
