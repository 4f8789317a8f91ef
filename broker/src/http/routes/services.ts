import { z } from 'zod';
import type { Apps } from '../../services/apps';
import type { ServiceCatalogue } from '../../services/service-catalogue/service-catalogue';
import { clientIdInPath, revokingSuspension, searchedPage, serviceName } from '../fields';
import { pageOf } from '../answers/parts';
import {
  appAnswer,
  moveAnswer,
  serviceAnswer,
  serviceWithAppAnswer,
  suspendedServiceAnswer,
} from '../answers/services';
import { route, type Route } from '../route';
import { appFields, moveFields, providerFields, serviceFields } from '../service-fields';

const one = z.strictObject({ service: serviceName });

export interface ServiceRoutesParts {
  serviceCatalogue: ServiceCatalogue;
  apps: Apps;
}

export function serviceRoutes({ serviceCatalogue, apps }: ServiceRoutesParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/services',
      summary: 'The services that the organization sees: its own and the shared ones',
      scope: 'services:read',
      query: z.strictObject(searchedPage),
      answer: pageOf(serviceAnswer),
      handle: ({ query }, caller) => serviceCatalogue.list(caller, query),
    }),
    route({
      method: 'post',
      path: '/v1/services',
      summary: 'A new service, usable at once',
      scope: 'services:write',
      body: z.strictObject({ name: serviceName, ...providerFields, ...serviceFields }),
      status: 201,
      answer: serviceAnswer,
      problems: ['conflict', 'invalid_value'],
      handle: ({ body }, caller) => serviceCatalogue.create(caller, body),
    }),
    route({
      method: 'get',
      path: '/v1/services/:service',
      summary: "One service, with the organization's app",
      scope: 'services:read',
      params: one,
      answer: serviceWithAppAnswer,
      handle: ({ params }, caller) => serviceCatalogue.read(caller, params.service),
    }),
    route({
      method: 'patch',
      path: '/v1/services/:service',
      summary: 'Changes what is given, at once in every process; null removes a value',
      scope: 'services:write',
      params: one,
      body: z.strictObject(serviceFields),
      answer: serviceAnswer,
      problems: ['conflict', 'invalid_value'],
      handle: ({ params, body }, caller) => serviceCatalogue.update(caller, params.service, body),
    }),
    route({
      method: 'delete',
      path: '/v1/services/:service',
      summary: 'Deletes a service that no connection uses, with its app',
      scope: 'services:write',
      params: one,
      status: 204,
      problems: ['conflict'],
      handle: ({ params }, caller) => serviceCatalogue.remove(caller, params.service),
    }),
    route({
      method: 'post',
      path: '/v1/services/:service/move',
      summary:
        'Moves a service to other endpoints, with every secret that is sealed for them; send nextCursor with the next request until it is null',
      scope: 'services:write',
      params: one,
      body: z.strictObject(moveFields),
      answer: moveAnswer,
      problems: ['conflict', 'invalid_value'],
      handle: ({ params, body }, caller) => serviceCatalogue.move(caller, params.service, body),
    }),
    route({
      method: 'post',
      path: '/v1/services/:service/suspend',
      summary: 'The kill switch: releases no credential of the service any more, in any process; tells what stops',
      scope: 'services:write',
      params: one,
      body: revokingSuspension,
      answer: suspendedServiceAnswer,
      handle: ({ params, body }, caller) => serviceCatalogue.suspend(caller, params.service, body),
    }),
    route({
      method: 'post',
      path: '/v1/services/:service/resume',
      summary: 'Ends a suspension, and an order to revoke that goes on',
      scope: 'services:write',
      params: one,
      answer: serviceAnswer,
      handle: ({ params }, caller) => serviceCatalogue.resume(caller, params.service),
    }),
    route({
      method: 'put',
      path: '/v1/services/:service/app',
      summary: 'The OAuth client with which the organization reaches a service; its secrets never come back',
      scope: 'services:write',
      params: one,
      body: appFields,
      answer: appAnswer,
      problems: ['invalid_value', 'key_unavailable'],
      handle: ({ params, body: { clientId, ...rest } }, caller) =>
        apps.replace(caller, { service: params.service, ownerClientId: null, oauthClientId: clientId, ...rest }),
    }),
    route({
      method: 'put',
      path: '/v1/clients/:clientId/apps/:service',
      summary: "One client's own OAuth client for a service",
      scope: 'services:write',
      params: z.strictObject({ clientId: clientIdInPath, service: serviceName }),
      body: appFields,
      answer: appAnswer,
      problems: ['invalid_value', 'key_unavailable'],
      handle: ({ params, body: { clientId, ...rest } }, caller) =>
        apps.replace(caller, {
          service: params.service,
          ownerClientId: params.clientId,
          oauthClientId: clientId,
          ...rest,
        }),
    }),
  ];
}
