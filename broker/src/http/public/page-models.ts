import type { Request } from 'express';
import { hostsOf, TENANT } from '../../providers/tenant';
import { authorizationOriginOf, doorOf, scopesAsked, type OpenLink } from '../../services/connect/open-link';
import { asksForTenant } from '../../services/connect/tenant';
import type { FormProblem } from '../../services/connect/hand-in';
import type { Brand as OrganizationBrand, Ending } from '../../services/connect/outcome';
import { languageOf } from '../pages/language';
import type { Brand, ConnectPageModel, OutcomePageModel, TenantField } from '../pages/models';

/** What was sent before, and what was wrong with it. */
interface Attempted {
  problem: FormProblem;
  /** As the tenant. */
  typed: string;
}

export function connectModel(
  request: Request,
  token: string,
  open: OpenLink,
  attempted: Attempted | null = null,
): ConnectPageModel {
  const { link, organization, client, service, connection } = open;
  const language = languageOf(request.get('accept-language'), client.locale);
  const door = doorOf(service);
  const kind = door === 'api_key' || door === 'basic' ? door : 'oauth';
  return {
    language,
    brand: brandOf(organization),
    clientName: client.name,
    serviceName: service.displayName,
    kind,
    scopes: scopesAsked(open).map((scope) => ({ scope, text: service.scopeTexts[scope]?.[language] ?? null })),
    reason: link.reason,
    reconnect: connection && { account: connection.accountLabel ?? connection.accountId },
    action: `/connect/${token}`,
    authorizationOrigin: kind === 'oauth' ? authorizationOriginOf(open) : null,
    formProblem: problemOf(attempted, FORM_PROBLEMS),
    expiresAt: link.expiresAt,
    tenant: asksForTenant(open) ? tenantFieldOf(open, attempted) : null,
  };
}

const FORM_PROBLEMS = { missing: 'missing', rejected: 'rejected', unreachable: 'unreachable' } as const;
const TENANT_PROBLEMS = { tenant_missing: 'missing', tenant_unknown: 'unknown' } as const;

function problemOf<Told extends string>(
  attempted: Attempted | null,
  problems: Partial<Record<FormProblem, Told>>,
): Told | null {
  return attempted === null ? null : (problems[attempted.problem] ?? null);
}

function tenantFieldOf({ service, connection }: OpenLink, attempted: Attempted | null): TenantField {
  const { tenantHosts: hosts, tenantExample: example } = service;
  const [host = null] = hostsOf(service);
  return {
    hosts,
    example,
    address: host && example && host.replaceAll(TENANT, example),
    value: attempted?.typed ?? connection?.tenant ?? '',
    problem: problemOf(attempted, TENANT_PROBLEMS),
  };
}

export function outcomeModel(request: Request, requestId: string, ended: Ending): OutcomePageModel {
  const { outcome, brand, locale, serviceName, clientName, account, providerMessage, returnUrl, retryToken } = ended;
  return {
    outcome,
    language: languageOf(request.get('accept-language'), locale),
    brand: brand && brandOf(brand),
    ...{ serviceName, clientName, account, providerMessage, returnUrl },
    retryPath: retryToken && `/connect/${retryToken}`,
    requestId,
  };
}

const brandOf = ({ displayName, logoUrl, color }: OrganizationBrand): Brand => ({ name: displayName, logoUrl, color });
