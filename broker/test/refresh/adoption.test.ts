import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { connectDatabase, type Database } from '../../src/db/database';
import { claimDue, type ClaimedConnection } from '../../src/repositories/refresh-claims';
import type { EndedAttempt } from '../../src/services/refresh/ended-attempts';
import { createAdoption } from '../../src/services/refresh/adoption';
import { attemptOf, textOf } from '../../src/services/refresh/spooled-attempt';
import { appendEntries, openSpoolFolder, ownFile, type SpoolFolder } from '../../src/spool/folder';
import { addConnection, addReach, outcomesOf, setScene, stored, type Scene } from './scene';

let scene: Scene;
let database: Database;
let folder: SpoolFolder;
beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', log: scene.log });
  folder = openSpoolFolder(scene.dataDir);
});
afterAll(async () => {
  await database.close();
  await scene.close();
});

const adopt = () =>
  createAdoption({ database, folder, owner: randomUUID(), onWritten: () => undefined, log: scene.log }).run();

async function claimOne(): Promise<ClaimedConnection> {
  await addConnection(scene, await addReach(scene));
  const request = { workerNumber: 1, leaseSeconds: 60, limit: 10, perApp: 32, inFlight: {}, spent: {} };
  const [claim] = await claimDue(database, { ...request, firstApp: randomUUID() });
  return claim as ClaimedConnection;
}

/** As if the provider had refused every secret of the app. */
function appRefused(claim: ClaimedConnection): EndedAttempt {
  const { id: connectionId, organizationId, generation, attemptId, startedAt, app } = claim;
  return {
    completion: {
      ...{
        connectionId,
        organizationId,
        generation,
        attemptId,
        startedAt,
        outcome: 'app',
        errorCode: 'invalid_client',
      },
      ...{ httpStatus: 401, durationMs: 5, mayStillAnswer: false, set: null, adoptedSetId: null },
      next: {
        ...{ status: 'active', statusReason: null, failureCount: 0, failingSince: null, uncertainSince: null },
        ...{ permanentCode: null, lastErrorCode: null, notBeforeAt: null, nextRefreshAt: null, events: [] },
      },
    },
    app: {
      ...{ id: app.id, verdict: 'fails', code: 'invalid_client', wasSuspended: false },
      ...{ acceptedPosition: null, knownPosition: 0 },
    },
  } as unknown as EndedAttempt;
}

const isSuspended = async ({ app }: ClaimedConnection): Promise<boolean> =>
  (await scene.db.query('select from apps where id = $1 and suspended_at is not null', [app.id])).rowCount === 1;

test('what an old answer says about its app counts only while nobody has tried since', async () => {
  const [untouched, triedSince] = [await claimOne(), await claimOne()];
  await appendEntries(folder, ownFile(randomUUID()), [untouched, triedSince].map(appRefused).map(textOf));
  await scene.db.query('update connections set attempt_id = $2 where id = $1', [triedSince.id, randomUUID()]);
  await adopt();
  expect(await isSuspended(untouched)).toBe(true);
  expect(await isSuspended(triedSince)).toBe(false);
});

test('an entry that the database refuses is kept aside and hinders none of the others', async () => {
  const [good, bad] = [await claimOne(), await claimOne()];
  const broken = appRefused(bad);
  broken.completion.errorCode = 'a\u0000b';
  await appendEntries(folder, ownFile(randomUUID()), [textOf(broken), textOf(appRefused(good))]);
  await adopt();
  expect(await outcomesOf(scene, good.id)).toEqual(['app']);
  expect((await stored(scene, bad.id)).attempt_id).toBe(bad.attemptId);
  expect(scene.lines.at(-2)).toMatchObject({
    level: 'error',
    message: 'a spool held entries that cannot be used; they are kept aside',
    fields: { entries: 1 },
  });
});

test('every value that an end of an attempt is made of comes back as it was', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('any'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).any;
  const id = randomUUID();
  fc.assert(
    fc.property(value, (anything) => {
      const ended = {
        completion: {
          ...{ connectionId: id, organizationId: id, attemptId: id, startedAt: new Date(0), anything },
          next: { events: [] },
        },
        app: { id },
      } as unknown as EndedAttempt;
      expect(attemptOf(textOf(ended))).toEqual(ended);
    }),
  );
});

test('what is no end of an attempt is none, whatever else it is', () => {
  fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => attemptOf(text) === null));
});
