import type { Mistake } from '../errors/configuration-error';

/** Options of Node that open a debugger, write the memory, or write what is said over TLS. */
const REVEALING =
  /^--(inspect\b|inspect-|debug-port|heapsnapshot-|heap-prof\b|abort-on-uncaught-exception|tls-keylog|trace-tls)/;

type Environment = Readonly<Record<string, string | undefined>>;

/** Ways of starting Node under which a secret may leave the process without our doing. Production starts with none of them. */
export function unsafeNodeOptions(
  { NODE_OPTIONS = '', NODE_DEBUG = '', NODE_TLS_REJECT_UNAUTHORIZED }: Environment,
  execArgv: readonly string[],
): Mistake[] {
  const revealing = (option: string): boolean => REVEALING.test(option.replaceAll('_', '-'));
  const mistakes: Mistake[] = [];
  if (NODE_OPTIONS.split(/[\s"]+/).some(revealing))
    mistakes.push({ name: 'NODE_OPTIONS', message: REVEALS, hint: 'take that option away' });
  if (execArgv.some(revealing))
    mistakes.push({ name: 'node', message: `was given an option that ${REVEALS}`, hint: 'take that option away' });
  if (NODE_DEBUG !== '')
    mistakes.push({ name: 'NODE_DEBUG', message: 'prints what is sent and received', hint: 'take it away' });
  if (NODE_TLS_REJECT_UNAUTHORIZED === '0')
    mistakes.push({
      name: 'NODE_TLS_REJECT_UNAUTHORIZED',
      message: 'lets anybody pass for the database',
      hint: 'take it away; NODE_EXTRA_CA_CERTS names certificates of your own',
    });
  return mistakes;
}

const REVEALS = 'opens a debugger, or writes memory or keys to a disk';
