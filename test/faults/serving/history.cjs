'use strict';

/** What has to be true of a release, as PostgreSQL knew it in the snapshot of its audit statement; in the words of the design, not of the code. */
const RULES = [
  ['the organization is gone or suspended', ({ organization }) => organization && organization.suspended_at === null],
  ['the key is gone', ({ key }) => Boolean(key)],
  ['the key belongs to another organization', ({ key }, { organizationId }) => key?.organization_id === organizationId],
  ['the key is revoked', ({ key }) => key?.revoked_at === null],
  ['the key has expired', ({ key }, { occurredAt }) => !key?.expires_at || Date.parse(key.expires_at) > occurredAt],
  ['the key lacks the scope', ({ key }) => key?.scopes.includes('credentials:read')],
  ['the key is not for this client', ({ key }, { clientId }) => !key?.client_ids || key.client_ids.includes(clientId)],
  ['the key is not for this service', ({ key }, { service }) => !key?.services || key.services.includes(service)],
  ['the client is gone or suspended', ({ client }) => client && client.suspended_at === null],
  ['the service is gone or suspended', ({ service }) => service && service.suspended_at === null],
  ['the connection is gone', ({ connection }) => Boolean(connection)],
  ['the connection is another one', ({ connection }, release) => isThatOf(connection, release)],
  ['the connection is disabled', ({ connection }) => connection?.status !== 'disabled'],
  ['the token is not the current one', ({ connection }, { generation }) => connection?.generation === generation],
  ['the token is gone', ({ token }) => Boolean(token)],
  [
    'the token has expired',
    ({ token }, { occurredAt }) => !token?.expires_at || Date.parse(token.expires_at) > occurredAt,
  ],
];

function isThatOf(connection, { organizationId, clientId, service }) {
  const { organization_id: organization, client_id: client, service: of } = connection ?? {};
  return organization === organizationId && client === clientId && of === service;
}

/** See history.d.cts. */
function judgeHistory({ images, releases }) {
  const { histories, tokenRows } = chronicle(images);
  const violations = [];
  let contested = 0;
  for (const release of releases) {
    const snapshot = parseSnapshot(release.decidedIn);
    const subjects = subjectsOf(release, tokenRows);
    const facts = factsIn(snapshot, subjects, histories);
    // The first says it: what is gone breaks the others too.
    const [what] = RULES.find(([, holds]) => !holds(facts, release)) ?? [];
    if (what !== undefined) violations.push({ what, id: release.requestId });
    const isUnderWay = ({ transaction }) => snapshot.underWay.has(transaction);
    const rows = Object.values(subjects).flat();
    if (snapshot.underWay.size > 0 && rows.some((subject) => histories.get(subject)?.some(isUnderWay))) contested++;
  }
  return { violations, judged: releases.length, changes: images.length, contested };
}

/** The changes of each row in their order; and which rows ever held a token of a generation. */
function chronicle(images) {
  const histories = new Map();
  const tokenRows = new Map();
  for (const { subject, transaction, image } of images) {
    if (!histories.has(subject)) histories.set(subject, []);
    histories.get(subject).push({ transaction, image });
    if (!subject.startsWith('token_sets ') || image === null) continue;
    const generation = `${image.connection_id} ${image.generation}`;
    if (!tokenRows.has(generation)) tokenRows.set(generation, new Set());
    tokenRows.get(generation).add(subject);
  }
  return { histories, tokenRows };
}

/** The rows that a release rests on. */
function subjectsOf({ organizationId, actor, clientId, service, connectionId, generation }, tokenRows) {
  return {
    organization: [`organizations ${organizationId}`],
    key: [`access_keys ${actor.replace(/^key:/, '')}`],
    client: [`clients ${organizationId} ${clientId}`],
    // The organization's own hides the shared one.
    service: [`services ${organizationId} ${service}`, `services - ${service}`],
    connection: [`connections ${connectionId}`],
    token: [...(tokenRows.get(`${connectionId} ${generation}`) ?? [])],
  };
}

function factsIn(snapshot, subjects, histories) {
  const first = (rows, counts = () => true) =>
    rows.map((subject) => imageIn(snapshot, histories.get(subject))).find((image) => image !== null && counts(image)) ??
    null;
  return {
    ...Object.fromEntries(Object.entries(subjects).map(([name, rows]) => [name, first(rows)])),
    token: first(subjects.token, ({ kind }) => kind === 'current'),
  };
}

/** The row as it stood: its last change among those that were visible. null: not there. */
function imageIn(snapshot, history = []) {
  for (let n = history.length - 1; n >= 0; n--)
    if (isVisible(history[n].transaction, snapshot)) return history[n].image;
  return null;
}

/** `xmin:xmax:xip,…`, as PostgreSQL writes a pg_snapshot. */
function parseSnapshot(text) {
  const [xmin, xmax, list] = text.split(':');
  return { xmin: Number(xmin), xmax: Number(xmax), underWay: new Set(list === '' ? [] : list.split(',').map(Number)) };
}

/** As pg_visible_in_snapshot: ended before it, and committed, or its images would not be there. */
function isVisible(transaction, { xmin, xmax, underWay }) {
  return transaction < xmin || (transaction < xmax && !underWay.has(transaction));
}

/**
 * The same seen from outside, by one clock: `bans` (subject → intervals) begin when a change was acknowledged and end when its end was asked
 * for; `floors` (connection → [since, generation]) when a new token was acknowledged. Answers that were asked for after that must obey.
 */
function judgeByClock({ answers, bans, floors }) {
  const violations = [];
  for (const answer of answers) {
    const { asked, sentAt, receivedAt, connectionId, generation, requestId } = answer;
    const { organizationId, id } = asked.key;
    const subjects = [
      ...[`organization ${organizationId}`, `key ${id}`, `key ${id} ${asked.clientId}`],
      ...[`client ${organizationId} ${asked.clientId}`, `service ${organizationId} ${asked.service}`],
      ...[`service - ${asked.service}`, `connection ${connectionId}`],
    ];
    const within = ({ from, to }) => sentAt > from && receivedAt < to;
    const banned = subjects.find((subject) => bans.get(subject)?.some(within));
    if (banned !== undefined)
      violations.push({ what: `released although ${banned.split(' ')[0]} was not allowed`, id: requestId });
    const older = ([since, least]) => sentAt > since && generation < least;
    if (floors.get(connectionId)?.some(older)) violations.push({ what: 'an older token was released', id: requestId });
  }
  return violations;
}

module.exports = { judgeHistory, judgeByClock };
