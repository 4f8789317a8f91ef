import type { ServingConnection, ServingFacts, ServingService } from '../../repositories/serving';

/** How a value comes back from JSON: as it was, as a moment, or not by JSON. */
type Form = 'plain' | 'moment' | 'sealed';
/** Every field of T: one that is added there is missing here until it is written down. */
type Forms<T> = Readonly<Record<keyof T, Form>>;

type Around = Omit<ServingFacts, 'service' | 'connection'>;
const FACTS: Forms<Around> = {
  policyVersion: 'plain',
  databaseNow: 'moment',
  clientKnown: 'plain',
  clientSuspended: 'plain',
};

const SERVICE: Forms<ServingService> = {
  name: 'plain',
  baseUrl: 'plain',
  allowedHosts: 'plain',
  requestHeader: 'plain',
  requestScheme: 'plain',
  tenantFrom: 'plain',
  tenantHosts: 'plain',
  suspended: 'plain',
};

const CONNECTION: Forms<ServingConnection> = {
  id: 'plain',
  version: 'plain',
  generation: 'plain',
  kind: 'plain',
  status: 'plain',
  statusReason: 'plain',
  appSuspended: 'plain',
  renewable: 'plain',
  accessSealed: 'sealed',
  accessKeyVersion: 'plain',
  tokenType: 'plain',
  scopes: 'plain',
  expiresAt: 'moment',
  lifetimeSeconds: 'plain',
  baseUrl: 'plain',
  accountId: 'plain',
  accountLabel: 'plain',
  tenant: 'plain',
};

const LENGTH_BYTES = 4;
const NO_TOKEN = Buffer.alloc(0);

/** The facts as bytes: length of the text (4 bytes, big endian), the values as JSON without their names, the sealed token as it is. */
export function packFacts(facts: ServingFacts): Buffer[] {
  const { service, connection } = facts;
  const values = [
    valuesOf<Around>(FACTS, facts),
    service && valuesOf(SERVICE, service),
    connection && valuesOf(CONNECTION, connection),
  ];
  const text = Buffer.from(JSON.stringify(values));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  return [length, text, connection?.accessSealed ?? NO_TOKEN];
}

/** The opposite of packFacts. Keeps nothing of `bytes`. */
export function unpackFacts(bytes: Buffer): ServingFacts {
  const sealedAt = LENGTH_BYTES + bytes.readUInt32BE(0);
  const text = bytes.toString('utf8', LENGTH_BYTES, sealedAt);
  const [facts, service, connection] = JSON.parse(text) as [unknown[], unknown[] | null, unknown[] | null];
  // No record is empty, so nothing there means that there is no token.
  const sealed = sealedAt === bytes.length ? null : ofItsOwn(bytes.subarray(sealedAt));
  return {
    ...fieldsOf<Around>(FACTS, facts),
    service: service && fieldsOf<ServingService>(SERVICE, service),
    connection: connection && { ...fieldsOf<ServingConnection>(CONNECTION, connection), accessSealed: sealed },
  };
}

function valuesOf<T extends object>(forms: Forms<T>, from: T): unknown[] {
  return namesOf(forms).map((name) => (forms[name] === 'sealed' ? null : from[name]));
}

function fieldsOf<T extends object>(forms: Forms<T>, values: readonly unknown[]): T {
  const fields: Partial<Record<keyof T, unknown>> = {};
  for (const [index, name] of namesOf(forms).entries()) {
    const value = values[index];
    fields[name] = forms[name] === 'moment' && typeof value === 'string' ? new Date(value) : value;
  }
  return fields as T;
}

function namesOf<T extends object>(forms: Forms<T>): (keyof T)[] {
  return Object.keys(forms) as (keyof T)[];
}

/** A small Buffer is a piece of a larger one that Node shares out: kept, it would keep all of that. */
function ofItsOwn(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
