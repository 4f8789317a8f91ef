/**
 * Why there was no answer, in words, because n8n replaces a message that contains such a code.
 *
 * @param error as n8n's HTTP client throws it; nothing else of it is taken, since it carries the whole request
 */
export function connectionErrorInWords(error: unknown): string {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return CONNECTION_ERRORS[code] ?? (message.startsWith('Domain not allowed') ? DOMAINS : 'no answer');
}

const CONNECTION_ERRORS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be resolved',
  ETIMEDOUT: 'no answer in time',
  ECONNABORTED: 'no answer in time',
};
const DOMAINS = 'its host is missing from the "Allowed Domains" of the credential';
