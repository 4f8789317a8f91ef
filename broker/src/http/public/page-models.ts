import type { Request } from 'express';
import { authorizationOriginOf, scopesAsked, type OpenLink } from '../../services/connect/open-link';
import type { FormProblem } from '../../services/connect/hand-in';
import type { Brand as OrganizationBrand, Ending } from '../../services/connect/outcome';
import { languageOf } from '../pages/language';
import type { Brand, ConnectPageModel, OutcomePageModel } from '../pages/models';

export function connectModel(
  request: Request,
  token: string,
  open: OpenLink,
  formProblem: FormProblem | null = null,
): ConnectPageModel {
  const { link, organization, client, service, connection } = open;
  const language = languageOf(request.get('accept-language'), client.locale);
  const kind = service.oauthType === 'api_key' || service.oauthType === 'basic' ? service.oauthType : 'oauth';
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
    authorizationOrigin: kind === 'oauth' ? authorizationOriginOf(service) : null,
    formProblem,
    expiresAt: link.expiresAt,
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
