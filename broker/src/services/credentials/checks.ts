import { Problem } from '../../errors/problem';
import type { ServingConnection, ServingFacts, ServingService } from '../../repositories/serving';
import type { ConnectionName } from '../../types/credential';
import { unknownClient } from '../found-client';
import { unknownService } from '../service-catalogue/found-service';

/** The service and the connection that were asked for, or the Problem that says why there is nothing to serve and what to do. */
export function connectionOrThrow(
  asked: ConnectionName,
  facts: ServingFacts,
): { service: ServingService; connection: ServingConnection } {
  const { clientKnown, clientSuspended, service, connection } = facts;
  if (!clientKnown) throw unknownClient(asked.clientId ?? '-');
  if (service === null) throw unknownService(asked.service);
  if (clientSuspended)
    throw new Problem(
      'client_suspended',
      `Client "${asked.clientId ?? '-'}" is suspended. Resume it with POST /v1/clients/${asked.clientId ?? '-'}/resume.`,
    );
  if (service.suspended)
    throw new Problem(
      'client_not_allowed',
      `Service "${asked.service}" is suspended for everybody. Resume it with: otobot service resume ${asked.service}`,
      { extras: { reason: 'service_suspended' } },
    );
  if (connection === null) throw reauthRequired(asked, 'never_connected');
  if (connection.status === 'disabled') throw disabled(asked, connection.id);
  return { service, connection };
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  never_connected: 'has not been connected yet',
  revoked: 'was revoked at the provider; the client has to connect it again',
  lost_rotation: 'lost its refresh token when a refresh was cut short; the client has to connect it again',
  consent_ended: 'has reached the end of its consent; the client has to connect it again',
  expired: 'has expired and nothing can renew it; the client has to connect it again',
};

function disabled(asked: ConnectionName, connectionId: string): Problem {
  const detail = `${subjectOf(asked)} was disabled. Enable it with POST /v1/connections/${connectionId}/enable.`;
  return new Problem('reauth_required', detail, { extras: { reason: 'disabled' } });
}

/** 409 with the reason, for a credential that only its owner can bring back. */
export function reauthRequired(asked: ConnectionName, reason: string): Problem {
  const explanation = EXPLANATIONS[reason] ?? 'has to be connected again by the client';
  return new Problem('reauth_required', `${subjectOf(asked)} ${explanation}.`, { extras: { reason } });
}

function subjectOf({ clientId, service, name }: ConnectionName): string {
  const whose = clientId === null ? 'The organization' : `Client "${clientId}"`;
  return `${whose}: ${name === 'default' ? service : `${service} (${name})`}`;
}
