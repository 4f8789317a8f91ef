import { isUniqueViolation, type Database, type Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findProvider } from '../../providers/catalogue/catalogue';
import { findClient, insertClient } from '../../repositories/clients';
import { findService, lockService } from '../../repositories/services';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { addService } from '../service-catalogue/service-catalogue';
import { importEntry, type ImportedEntry, type ImportEntry } from './import-entry';

export interface ImportRequest {
  entries: readonly ImportEntry[];
  /** Only tell what would become of it. */
  dryRun: boolean;
  /** Make clients that are missing. */
  createClients: boolean;
  /** Make services that are missing, of providers that are known by that name. */
  createServices: boolean;
}

export type EntryOutcome = Pick<ImportEntry, 'source' | 'service' | 'name'> & {
  /** `-`: the organization. */
  clientId: string;
  outcome: ImportedEntry['outcome'] | 'refused';
  connectionId: string | null;
  app: ImportedEntry['app'];
  /** Why it was refused. */
  problem: string | null;
};

export interface ImportReport {
  /** false: a dry run, so nothing was written. */
  applied: boolean;
  createdClients: string[];
  createdServices: string[];
  entries: EntryOutcome[];
}

export interface Imports {
  /** All of it or nothing; throws Problem with everything that is wrong. What is planned is what was done and taken back, so the plan is never another than the import. */
  run(caller: Caller, request: ImportRequest): Promise<ImportReport>;
}

export interface ImportsParts {
  database: Database;
  authorize: Authorize;
  vault: Vault;
  /** What the outbound policy allows. */
  allowedUrl: (url: string) => boolean;
}

export function createImports({ authorize, ...parts }: ImportsParts): Imports {
  return {
    async run(caller, request) {
      const who = await mayImport(authorize, caller, request);
      return parts.database.asTenant(who.organizationId, async (tx) => {
        await tx.query({ text: 'savepoint import' });
        // Of all services at once and in one order: two imports must not wait for each other.
        for (const service of distinct(request.entries.map((entry) => entry.service)).sort())
          await lockService(tx, service, 'exclusive');
        const createdServices = request.createServices ? await makeServices(tx, parts, who, request) : [];
        const createdClients = request.createClients ? await makeClients(tx, who, request) : [];
        const entries = await importAll(tx, parts.vault, who, request.entries);
        const report = { createdClients, createdServices };
        if (!request.dryRun) return { applied: true, ...report, entries: entries.map(acceptedOrThrow(entries)) };
        await tx.query({ text: 'rollback to savepoint import' });
        return {
          applied: false,
          ...report,
          entries: entries.map((entry) => ({ ...entry, connectionId: null, problem: entry.problem?.detail ?? null })),
        };
      });
    },
  };
}

/** Everything that the import may have to do, audited for each client and service before any of it is done. */
async function mayImport(authorize: Authorize, caller: Caller, request: ImportRequest): Promise<Principal> {
  const detail = { dryRun: request.dryRun ? 'yes' : 'no' };
  const may = (ask: Omit<Parameters<Authorize>[1], 'detail'>): Promise<Principal> =>
    authorize(caller, { ...ask, detail });
  const who = await may({ action: 'connection.import', scope: 'connections:write' });
  const pairs = new Map(
    request.entries.map(({ clientId, service }) => [`${clientId ?? '-'}/${service}`, { clientId, service }]),
  );
  for (const pair of pairs.values()) await may({ action: 'connection.import', scope: 'connections:write', ...pair });
  const withApps = request.entries.filter(({ app }) => app !== undefined).map(({ service }) => service);
  for (const service of distinct(withApps))
    await may({ action: 'app.replace', scope: 'services:write', clientId: null, service });
  if (request.createServices)
    for (const service of distinct(request.entries.map((entry) => entry.service)))
      await may({ action: 'service.create', scope: 'services:write', clientId: null, service });
  if (request.createClients)
    for (const clientId of clientsOf(request)) await may({ action: 'client.create', scope: 'clients:write', clientId });
  return who;
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)];
const clientsOf = ({ entries }: ImportRequest): string[] =>
  distinct(entries.flatMap(({ clientId }) => (clientId === null ? [] : [clientId])));

async function makeServices(
  tx: Tx,
  parts: Pick<ImportsParts, 'vault' | 'allowedUrl'>,
  who: Principal,
  { entries }: ImportRequest,
): Promise<string[]> {
  const made: string[] = [];
  for (const name of distinct(entries.map(({ service }) => service))) {
    if (findProvider(name) === null || (await findService(tx, who.organizationId, name)) !== null) continue;
    await addService(tx, parts, who, { name, from: name });
    made.push(name);
  }
  return made;
}

async function makeClients(tx: Tx, { organizationId }: Principal, request: ImportRequest): Promise<string[]> {
  const made: string[] = [];
  for (const clientId of clientsOf(request)) {
    if ((await findClient(tx, organizationId, clientId)) !== null) continue;
    await insertClient(tx, organizationId, clientId, { name: clientId, email: null, locale: null });
    made.push(clientId);
  }
  return made;
}

type Tried = Omit<EntryOutcome, 'problem'> & { problem: Problem | null };

/** Each in a savepoint of its own, so that all that is wrong is told at once. */
async function importAll(
  tx: Tx,
  vault: Vault,
  { organizationId }: Principal,
  entries: readonly ImportEntry[],
): Promise<Tried[]> {
  const outcomes: Tried[] = [];
  const taken = new Set<string>();
  for (const entry of entries) {
    const { source, service, name } = entry;
    const known = { source, clientId: entry.clientId ?? '-', service, name };
    const place = [known.clientId, service, name].join('/');
    await tx.query({ text: 'savepoint entry' });
    try {
      if (taken.has(place)) throw new Problem('conflict', `Another entry of this import is ${place} too.`);
      taken.add(place);
      outcomes.push({ ...known, ...(await importEntry(tx, vault, organizationId, entry)), problem: null });
      await tx.query({ text: 'release savepoint entry' });
    } catch (error) {
      await tx.query({ text: 'rollback to savepoint entry' });
      outcomes.push({ ...known, outcome: 'refused', connectionId: null, app: null, problem: problemOf(error) });
    }
  }
  return outcomes;
}

/** Anything that is not about the entry is thrown on. */
function problemOf(error: unknown): Problem {
  if (isUniqueViolation(error))
    return new Problem('conflict', 'Another import of this connection was faster at the same moment.', {
      cause: error,
    });
  if (error instanceof Problem && ABOUT_THE_ENTRY.has(error.code)) return error;
  throw error;
}

const ABOUT_THE_ENTRY: ReadonlySet<string> = new Set(['not_found', 'conflict', 'invalid_value', 'client_suspended']);

const MOST_TOLD = 20;

/** Throws one Problem for all that were refused, under the code of the first. */
function acceptedOrThrow(entries: readonly Tried[]): (entry: Tried) => EntryOutcome {
  const refused = entries.flatMap(({ source, problem }) => (problem === null ? [] : [{ source, problem }]));
  const [first] = refused;
  if (first !== undefined) {
    const told = refused.slice(0, MOST_TOLD).map(({ source, problem }) => `${source}: ${problem.detail}`);
    const rest = refused.length > MOST_TOLD ? ` And ${refused.length - MOST_TOLD} more: ask with dryRun.` : '';
    throw new Problem(first.problem.code, `Nothing was imported. ${told.join(' ')}${rest}`);
  }
  return (entry) => ({ ...entry, problem: null });
}
