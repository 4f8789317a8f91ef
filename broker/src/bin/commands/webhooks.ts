import { TOLD_TYPES } from '../../services/webhooks/event-types';
import type { CommandGroup, Field, ManagingCommand } from '../managing/declaration';
import { isMembers } from '../managing/json';
import { noted, recorded, tabled } from '../managing/show';
import { clearable, duration, listed, past, yesOrNo } from '../managing/values';
import { ALL, TO_GO } from '../terminal/columns';
import { record, text, type Column } from '../terminal/table';

const id: Field = { flags: '<webhook>', about: 'its id', to: 'params.id' };
const SOME = '0f8fad5b-d9cb-469f-a165-70867728950e';
const DELIVERY = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const EVENT_LIST = `Events:\n${TOLD_TYPES.map((type) => `  ${type}`).join('\n')}`;

const status: Column = {
  head: 'STATUS',
  of: 'status',
  style: (state) => STATUS_COLOURS[state] ?? 'yellow',
};
const STATUS_COLOURS: Readonly<Record<string, 'green' | 'red' | 'dim'>> = {
  active: 'green',
  delivered: 'green',
  failing: 'red',
  failed: 'red',
  disabled: 'dim',
};

/** The secret apart from the rest: it is shown this once. */
const withSecret: ManagingCommand['show'] = (answer, screen) => {
  const { secret = null, ...facts } = isMembers(answer) ? answer : {};
  return `The signing secret, shown only this once:\n\n  ${text(secret)}\n\n${record(facts, screen)}`;
};

const reach: readonly Field[] = [
  { flags: '--events <list>', about: 'what it hears; all unless given', to: 'body.events', read: clearable(listed) },
  { flags: '--client <client>', about: 'of this client alone', to: 'body.clientId', read: clearable(String) },
  { flags: '--service <service>', about: 'of this service alone', to: 'body.service', read: clearable(String) },
  { flags: '--description <text>', about: 'for people', to: 'body.description', read: clearable(String) },
];

const TESTED: Readonly<Record<string, string>> = {
  delivered: 'It was taken.',
  failed: 'It was not taken.',
  waiting: 'Nobody sent it within 5 s. Is a refresher running (npm start, or otobot refresh)?',
};

const managing: readonly ManagingCommand[] = [
  {
    name: 'create',
    about: 'tell an endpoint what happens; its signing secret is shown only this once',
    route: 'POST /v1/webhooks',
    fields: [{ flags: '<url>', about: 'where events are sent: https', to: 'body.url' }, ...reach],
    examples: [
      'otobot webhook create https://n8n.example.com/webhook/otobot',
      'otobot webhook create https://ops.example.com/in --client acme --events connection.reauth_required',
    ],
    help: EVENT_LIST,
    show: withSecret,
  },
  {
    name: 'list',
    about: 'show the webhooks, with how they fare',
    route: 'GET /v1/webhooks',
    fields: [],
    examples: ['otobot webhook list'],
    show: tabled(
      [
        { head: 'URL', of: 'url' },
        status,
        { head: 'EVENTS', of: 'events', ...ALL, spare: true },
        { head: 'CLIENT', of: 'clientId', ...ALL, spare: true },
        { head: 'SERVICE', of: 'service', ...ALL, spare: true },
        { head: 'LAST TAKEN', of: 'lastDeliveredAt', ...TO_GO },
        { head: 'ID', of: 'id', whole: true },
      ],
      'There are no webhooks yet. Make one with: otobot webhook create',
    ),
  },
  {
    name: 'show',
    about: 'show one webhook',
    route: 'GET /v1/webhooks/:id',
    fields: [id],
    examples: [`otobot webhook show ${SOME}`],
    show: recorded(),
  },
  {
    name: 'edit',
    about: 'change what is given; the secret stays',
    route: 'PATCH /v1/webhooks/:id',
    fields: [
      id,
      { flags: '--url <url>', about: 'where events are sent', to: 'body.url' },
      ...reach,
      { flags: '--enabled <yes|no>', about: 'yes: also after it was disabled', to: 'body.enabled', read: yesOrNo },
    ],
    examples: [
      `otobot webhook edit ${SOME} --url https://n8n.example.com/webhook/new`,
      `otobot webhook edit ${SOME} --enabled yes`,
    ],
    help: EVENT_LIST,
    show: recorded('Webhook {id} was changed.'),
  },
  {
    name: 'rotate-secret',
    about: 'sign with a new secret, and for a while with both',
    route: 'POST /v1/webhooks/:id/rotate-secret',
    fields: [
      id,
      {
        flags: '--grace <time>',
        about: 'how long the former one signs too, such as 24h; not at all unless given',
        to: 'body.graceSeconds',
        read: duration,
      },
    ],
    examples: [`otobot webhook rotate-secret ${SOME} --grace 24h`],
    show: withSecret,
  },
  {
    name: 'delete',
    about: 'tell it nothing more',
    route: 'DELETE /v1/webhooks/:id',
    fields: [id],
    examples: [`otobot webhook delete ${SOME}`, `otobot webhook delete ${SOME} --yes`],
    confirm: 'Delete webhook {id} with everything that waits for it?',
    show: noted('Webhook {id} was deleted.'),
  },
];

const sending: readonly ManagingCommand[] = [
  {
    name: 'test',
    about: 'have an event of no meaning sent, and wait up to 5 s for the answer',
    route: 'POST /v1/webhooks/:id/test',
    fields: [id],
    examples: [`otobot webhook test ${SOME}`],
    show: recorded(({ status: outcome }) => TESTED[text(outcome ?? null)] ?? 'It was asked for.'),
  },
  {
    name: 'deliveries',
    about: 'show what was sent to it, or will be, the newest events first',
    route: 'GET /v1/webhooks/:id/deliveries',
    fields: [id, { flags: '--status <status>', about: 'waiting, delivered or failed', to: 'query.status' }],
    onePage: true,
    examples: [`otobot webhook deliveries ${SOME}`, `otobot webhook deliveries ${SOME} --status failed`],
    show: tabled(
      [
        { head: 'EVENT', of: 'type' },
        { head: 'CLIENT', of: 'clientId' },
        { head: 'SERVICE', of: 'service' },
        { head: 'HAPPENED', of: 'occurredAt', ...TO_GO },
        status,
        { head: 'TRIES', of: 'attempts' },
        { head: 'HTTP', of: 'httpStatus' },
        { head: 'ERROR', of: 'code' },
        { head: 'ID', of: 'id', whole: true },
      ],
      'Nothing was sent to it so far.',
    ),
  },
  {
    name: 'replay',
    about: 'send once more what it hears, from a moment on',
    route: 'POST /v1/webhooks/:id/replay',
    fields: [
      id,
      { flags: '--since <when>', about: 'from then on: 24h (ago), a day or a moment', to: 'body.since', read: past },
      { flags: '--only-undelivered', about: 'what was not delivered alone', to: 'body.onlyUndelivered', means: true },
    ],
    examples: [`otobot webhook replay ${SOME} --since 24h --only-undelivered`],
    show: noted(
      ({ more }) => `{events} events are sent once more.${more === true ? ' There are more, from {lastAt} on.' : ''}`,
    ),
  },
  {
    name: 'resend',
    about: 'send one event once more',
    route: 'POST /v1/webhooks/:id/deliveries/:deliveryId/replay',
    fields: [id, { flags: '<delivery>', about: "the delivery's id", to: 'params.deliveryId' }],
    examples: [`otobot webhook resend ${SOME} ${DELIVERY}`],
    show: noted('{type} is sent once more.'),
  },
];

export const webhookCommands: CommandGroup = {
  name: 'webhook',
  about: 'endpoints that are told what happens',
  commands: [...managing, ...sending],
};
