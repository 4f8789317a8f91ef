/**
 * Why there was no answer, in words, because n8n replaces a message that contains such a code.
 *
 * @param error as n8n's HTTP client throws it; nothing else of it is taken, since it carries the whole request
 */
export function connectionErrorInWords(error: unknown): string {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const [, why] = MESSAGES.find(([beginning]) => message.startsWith(beginning)) ?? [];
  return CONNECTION_ERRORS[code] ?? why ?? (CERTIFICATE_ERRORS.test(code) ? CERTIFICATE : 'no answer');
}

const CONNECTION_ERRORS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be resolved',
  ETIMEDOUT: 'no answer in time',
  ECONNABORTED: 'no answer in time',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ERR_CANCELED: 'the execution was cancelled',
};

/** Of n8n itself, which gives these no code. */
const MESSAGES = [
  ['Domain not allowed', 'its host is missing from the "Allowed Domains" of the credential'],
  ['The request was blocked because', 'n8n is set to block addresses of internal networks'],
] as const;

const CERTIFICATE_ERRORS = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_(TLS|SSL)_|^EPROTO$/;
const CERTIFICATE = 'its certificate is not valid, or it does not speak TLS';
