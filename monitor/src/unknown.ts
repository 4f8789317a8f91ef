/** The state cannot be told: what a plug-in reports as UNKNOWN. The message is one line and holds no secret. */
export class Unknown extends Error {
  constructor(
    message: string,
    readonly hint: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

const CHECK_SERVER = 'check that PostgreSQL runs and that DATABASE_URL names it';
const MIGRATE = 'start the broker once, or run: otobot migrate';

/** SQLSTATE (appendix A of PostgreSQL's manual) or Node's code → what to say. */
const KNOWN: Readonly<Record<string, { message: string; hint: string }>> = {
  '28P01': { message: 'the database refuses this user or password', hint: 'check the password in DATABASE_URL' },
  '28000': { message: 'the database refuses this user', hint: 'check the user in DATABASE_URL, and pg_hba.conf' },
  '3D000': { message: 'the database that DATABASE_URL names does not exist', hint: 'check its name, or create it' },
  '22023': { message: 'this database has no role otobot_monitor', hint: MIGRATE },
  '42P01': { message: 'this database has no Otobot tables, or older ones', hint: MIGRATE },
  '42703': { message: 'this database has older Otobot tables', hint: MIGRATE },
  '42501': {
    message: 'this user may not act as otobot_monitor',
    hint: 'as the owner of the database: grant otobot_monitor to <the user of DATABASE_URL>',
  },
  '57014': { message: 'the database took longer than 10 seconds', hint: 'look for load or locks on the server' },
  '57P03': { message: 'the database is just starting or stopping', hint: 'try again in a moment' },
  '53300': { message: 'the database has no free connection', hint: 'raise max_connections, or try again' },
  ECONNREFUSED: { message: 'no database listens there', hint: CHECK_SERVER },
  ENOTFOUND: { message: 'the host of the database is not known', hint: CHECK_SERVER },
};

/** Any failure of the database as an Unknown. Messages of the driver hold no password. */
export function unknownFrom(error: unknown): Unknown {
  if (error instanceof Unknown) return error;
  const { code = '', message } = firstOf(error);
  const known = KNOWN[code];
  if (known !== undefined) return new Unknown(known.message, known.hint, error);
  return new Unknown(`the database does not answer: ${message || code || 'no reason given'}`, CHECK_SERVER, error);
}

/** True where nobody listens: the server is stopped. */
export function isRefused({ cause }: Unknown): boolean {
  return firstOf(cause).code === 'ECONNREFUSED';
}

/** localhost has two addresses: Node then reports one error for each, in one without a message. */
function firstOf(error: unknown): { code?: string; message: string } {
  const { errors = [] } = (error ?? {}) as { errors?: unknown[] };
  const { code, message } = (errors[0] ?? error ?? {}) as NodeJS.ErrnoException;
  return { ...(typeof code === 'string' ? { code } : {}), message: typeof message === 'string' ? message : '' };
}
