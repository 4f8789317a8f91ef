import { Problem } from '../errors/problem';
import type { SealContext } from '../vault/record';
import type { Vault } from '../vault/vault';
import { secretAudience, type SecretEndpoints } from './seal-contexts';

/** The endpoints of a service, with what it says of those it had before. */
export interface MovableEndpoints extends SecretEndpoints {
  /** Of the catalogue that all organizations see. */
  shared: boolean;
  /** Sealed: the endpoints it was moved from, see `sealFormer`; null: it never was. */
  movedFrom: Buffer | null;
}

/** Whose service it is, and how it is called. */
export interface ServiceOwner {
  organizationId: string;
  service: string;
}

type Former = Pick<SecretEndpoints, 'tokenUrl' | 'refreshUrl' | 'tenantHosts'>;

/** More would only be places that nobody remembers. */
const MAX_FORMER = 10;

/**
 * Opens a secret that is bound to the endpoints of its service: those of now or, if the service was moved, those that it had. Which these are
 * is believed only if it is sealed for the endpoints of now: so a note that somebody puts beside a URL of his own opens nothing.
 * Throws Problem as `vault.open` does.
 */
export function openSent(
  vault: Vault,
  { endpoints, owner, record, keyVersion }: Sent,
  contextAt: (endpoints: SecretEndpoints) => SealContext,
): Buffer {
  const open = (at: SecretEndpoints): Buffer => vault.open('refresh', contextAt(at), record, keyVersion ?? undefined);
  try {
    return open(endpoints);
  } catch (error) {
    if (!isIntegrity(error)) throw error;
    for (const former of openFormer(vault, owner, endpoints)) {
      try {
        return open({ ...endpoints, ...former });
      } catch (notThatOne) {
        if (!isIntegrity(notThatOne)) throw notThatOne;
      }
    }
    throw error;
  }
}

export interface Sent {
  endpoints: MovableEndpoints;
  /** Of the secret. */
  owner: ServiceOwner;
  record: Buffer;
  keyVersion: number | null;
}

/** The secret, sealed for the endpoints of now; `fresh`: it is already; null: it does not open. Throws Problem `key_unavailable`. */
export function resealSent(
  vault: Vault,
  sent: Sent,
  contextAt: (endpoints: SecretEndpoints) => SealContext,
): { record: Buffer; keyVersion: number } | 'fresh' | null {
  const here = contextAt(sent.endpoints);
  try {
    openSent(vault, { ...sent, endpoints: { ...sent.endpoints, movedFrom: null } }, contextAt);
    return 'fresh';
  } catch (error) {
    if (!isIntegrity(error)) throw error;
  }
  try {
    return vault.seal('refresh', here, openSent(vault, sent, contextAt));
  } catch (error) {
    if (!isIntegrity(error)) throw error;
    return null;
  }
}

/** The note for a service that is moved to `to`: opened there, what was sealed at its present and former endpoints opens too. */
export function sealFormer(
  vault: Vault,
  owner: ServiceOwner,
  { from, to }: { from: MovableEndpoints; to: Omit<MovableEndpoints, 'movedFrom'> },
): { record: Buffer; keyVersion: number } {
  const { tokenUrl, refreshUrl, tenantHosts = null } = from;
  const former = [{ tokenUrl, refreshUrl, tenantHosts }, ...openFormer(vault, owner, from)].filter((one) => {
    const audience = secretAudience({ ...from, ...one });
    return audience !== null && audience !== secretAudience(to);
  });
  return vault.seal('refresh', noteContext(owner, to), JSON.stringify(former.slice(0, MAX_FORMER)));
}

/** Newest first; none where the service was never moved, or somebody else says so. Throws Problem `key_unavailable`. */
function openFormer(vault: Vault, owner: ServiceOwner, endpoints: MovableEndpoints): Former[] {
  if (endpoints.movedFrom === null || secretAudience(endpoints) === null) return [];
  try {
    return JSON.parse(vault.open('refresh', noteContext(owner, endpoints), endpoints.movedFrom).toString()) as Former[];
  } catch (error) {
    if (!isIntegrity(error)) throw error;
    return [];
  }
}

/** Bound to whose service it is: an organization's note about its own is worth nothing beside the shared one, or another's. */
function noteContext(
  { organizationId, service }: ServiceOwner,
  { shared, ...endpoints }: Omit<MovableEndpoints, 'movedFrom'>,
): SealContext {
  const audience = secretAudience(endpoints);
  if (audience === null) throw new TypeError('a service without endpoints cannot have been moved there');
  return {
    organizationId: shared ? '' : organizationId,
    clientId: null,
    service,
    kind: 'service',
    rowId: service,
    field: 'moved_from',
    generation: 0,
    audience,
  };
}

const isIntegrity = (error: unknown): boolean => error instanceof Problem && error.code === 'integrity';
