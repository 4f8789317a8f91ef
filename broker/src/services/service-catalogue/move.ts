import { z } from 'zod';
import type { Database, Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { moveEndpoints, type ServiceEndpoints } from '../../repositories/service-moves';
import { findService, listServiceUse, type Service } from '../../repositories/services';
import type { Vault } from '../../vault/vault';
import type { Principal } from '../access/principal';
import { withChanges } from '../changes';
import { sealFormer } from '../moved-service';
import { encodedPosition, positionOf } from '../page';
import { secretAudience } from '../seal-contexts';
import { checkDefinition, definitionOf } from './definition';
import { foundService } from './found-service';
import { resealStretch, type StretchDone } from './reseal';

export interface MoveRequest {
  tokenUrl: string;
  refreshUrl?: string | null | undefined;
  revocationUrl?: string | null | undefined;
  /** Of a service with tenants that are hosts. */
  tenantHosts?: readonly string[] | null | undefined;
  /** nextCursor of the answer before. */
  cursor?: string | undefined;
}

/** How far it has come. The service is at its new place with the first answer, and works; what follows is sealing anew. */
export interface MoveProgress extends ServiceEndpoints, Counts {
  name: string;
  /** About how many secrets there are, of all organizations that the move concerns. */
  total: number;
  /** To be sent with the next request; null: done. */
  nextCursor: string | null;
}

/** Of secrets, since the move began. */
type Counts = Pick<StretchDone, 'looked' | 'resealed' | 'unopened'>;

const POSITION = z.object({
  organizationId: z.uuid(),
  stage: z.enum(['apps', 'tokens']),
  after: z.uuid().nullable(),
  looked: z.int(),
  resealed: z.int(),
  unopened: z.int(),
});
type Position = z.output<typeof POSITION>;

export interface MoveParts {
  database: Database;
  vault: Vault;
  allowedUrl: (url: string) => boolean;
}

/** Runs a change of a service that the caller may write, with nobody building on it meanwhile. */
export type Change = <T>(who: Principal, name: string, work: (tx: Tx, service: Service) => Promise<T>) => Promise<T>;

const BATCH = 500;
/** One request seals for so long, and one stretch at least. */
const BUDGET_MS = 2_000;

/**
 * Moves a service, once in a transaction, then seals its secrets for the new place, as many as two seconds allow. Whatever is still sealed for
 * the old place opens through the note that the first step leaves, so workers go on all the while, what they had in flight is not lost, and
 * whoever is interrupted just begins again.
 */
export async function moveService(
  parts: MoveParts,
  change: Change,
  {
    who,
    name,
    request,
    budgetMs = BUDGET_MS,
  }: { who: Principal; name: string; request: MoveRequest; budgetMs?: number },
): Promise<MoveProgress> {
  const from = positionOf(request.cursor, POSITION);
  const { service, use } = await change(who, name, async (tx, found) => {
    if (from === null) await toNewPlace(parts, tx, found, { who, request });
    const moved = foundService(await findService(tx, who.organizationId, name), name);
    return { service: moved, use: await listServiceUse(tx, moved.id) };
  });
  const organizations = use.map(({ organizationId }) => organizationId).sort();
  // A cursor is what the caller says it is: it leads to nobody whose service this is not.
  if (from !== null && !organizations.includes(from.organizationId)) throw noPosition();
  const [first] = organizations;
  const begin = first === undefined ? null : { organizationId: first, stage: 'apps' as const, after: null, ...NONE };
  const reached = await resealFor(budgetMs, parts, { name, organizations, from: from ?? begin });
  const { tokenUrl, refreshUrl, revocationUrl, tenantHosts } = service;
  const total = use.reduce((sum, { apps, sealedTokens }) => sum + apps + sealedTokens, 0);
  return { name, tokenUrl, refreshUrl, revocationUrl, tenantHosts, total, ...reached };
}

/** Throws Problem `invalid_value` for places that no secret may go to. */
async function toNewPlace(
  { vault, allowedUrl }: MoveParts,
  tx: Tx,
  service: Service,
  { who, request }: { who: Principal; request: MoveRequest },
): Promise<void> {
  const { tokenUrl, refreshUrl, revocationUrl, tenantHosts } = request;
  const definition = withChanges(definitionOf(service), { tokenUrl, refreshUrl, revocationUrl, tenantHosts });
  checkDefinition(definition, allowedUrl);
  const to = { ...service, ...definition };
  const stays = secretAudience(service) === secretAudience(to);
  const owner = { organizationId: who.organizationId, service: service.name };
  await moveEndpoints(tx, service.id, definition, stays ? null : sealFormer(vault, owner, { from: service, to }));
}

/** A service that takes the place of one that was moved, for one organization: what was sealed for the places before that still opens. */
export async function rememberMove(
  tx: Tx,
  vault: Vault,
  organizationId: string,
  { from, to }: { from: Service; to: Service },
): Promise<void> {
  if (from.movedFrom === null) return;
  await moveEndpoints(tx, to.id, to, sealFormer(vault, { organizationId, service: to.name }, { from, to }));
}

const noPosition = (): Problem =>
  new Problem('invalid_request', 'cursor: is not the nextCursor of this move. Begin again without it.');

interface Reseal {
  name: string;
  /** In the order of their ids. */
  organizations: readonly string[];
  /** null: there is nothing. */
  from: Position | null;
}

/** Stretch by stretch, each in a transaction of its own, until the time is up. */
async function resealFor(
  budgetMs: number,
  { database, vault }: MoveParts,
  { name: service, organizations, from }: Reseal,
): Promise<Counts & { nextCursor: string | null }> {
  const endsAt = performance.now() + budgetMs;
  let counts: Counts = from ?? NONE;
  let next = from;
  while (next !== null) {
    const { organizationId, stage, after }: Position = next;
    const done = await database.asTenant(organizationId, (tx) =>
      resealStretch(tx, vault, stage, { organizationId, service, after, limit: BATCH }),
    );
    counts = sum(counts, done);
    const where = done.after === null ? follower(organizations, next) : { organizationId, stage, after: done.after };
    next = where && { ...where, ...counts };
    if (performance.now() > endsAt) break;
  }
  const { looked, resealed, unopened } = counts;
  return { looked, resealed, unopened, nextCursor: next === null ? null : encodedPosition(next) };
}

/** After the last stretch of a stage; null: that was all. Of an organization that is new since, nothing is left to do. */
function follower(
  organizations: readonly string[],
  { organizationId, stage }: Position,
): Pick<Position, 'organizationId' | 'stage' | 'after'> | null {
  if (stage === 'apps') return { organizationId, stage: 'tokens', after: null };
  const next = organizations.find((id) => id > organizationId);
  return next === undefined ? null : { organizationId: next, stage: 'apps', after: null };
}

const NONE: Counts = { looked: 0, resealed: 0, unopened: 0 };

function sum(one: Counts, other: Counts): Counts {
  return {
    looked: one.looked + other.looked,
    resealed: one.resealed + other.resealed,
    unopened: one.unopened + other.unopened,
  };
}
