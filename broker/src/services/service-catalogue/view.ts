import type { App } from '../../repositories/apps';
import type { Service } from '../../repositories/services';
import { definitionOf, scopesOf, type ServiceDefinition } from './definition';

export interface ServiceView extends ServiceDefinition {
  name: string;
  shared: boolean;
  /** null: in use. */
  suspendedAt: Date | null;
  suspendedReason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface AppSummary {
  /** The OAuth client id. */
  clientId: string;
  scopes: string[] | null;
  /** null: the provider accepts its secrets. */
  suspendedAt: Date | null;
  suspendedReason: string | null;
  updatedAt: Date;
}

export interface ServiceWithApp extends ServiceView {
  app: AppSummary | null;
}

export function serviceViewOf(service: Service): ServiceView {
  const { name, shared, suspendedAt, suspendedReason, createdAt, updatedAt } = service;
  return { name, ...definitionOf(service), shared, suspendedAt, suspendedReason, createdAt, updatedAt };
}

export function appSummaryOf(app: App | null): AppSummary | null {
  if (app === null) return null;
  const { oauthClientId, scopes, suspendedAt, suspendedReason, updatedAt } = app;
  return {
    clientId: oauthClientId,
    scopes: scopes === null ? null : scopesOf(scopes),
    suspendedAt,
    suspendedReason,
    updatedAt,
  };
}
