import { SCOPES } from '../../src/secrets/scopes';
import type { Answer } from '../support/broker';
import { mountedRoutes } from './express-routes';
import { isAboutAnObject, requestOf, ROUTES, type Row } from './routes';
import { MARK, PREFIXES, setStage, type Objects, type Sent, type Stage } from './stage';

let stage: Stage;
let before: Record<string, string>;
beforeAll(async () => {
  stage = await setStage();
}, 60_000);
afterAll(() => stage.close());

const rows = Object.entries(ROUTES);
const guarded = rows.filter(([, { scope }]) => scope !== 'public');
const aboutObjects = rows.filter(([name, row]) => isAboutAnObject(name, row));

const send = (name: string, row: Row, objects: Objects, options: Sent = {}): Promise<Answer> => {
  const { method, path, body } = requestOf(name, row, objects);
  return stage.send(method, path, { body, ...options });
};

/** Everything that a caller can tell: status, headers and body, without what is new in every answer. */
function seen({ status, headers, text }: Answer, about: Objects): unknown {
  const ofEachAnswer = ['x-request-id', 'date', 'ratelimit', 'ratelimit-policy'];
  const body = text
    .replace(/"requestId":"[^"]+"/, '')
    .replace(/(beta|gamm|none)-(one|crm)/g, 'name')
    .replaceAll(about.connection, 'id')
    .replaceAll(about.accessKey, 'id')
    .replaceAll(about.connectLink, 'id')
    .replaceAll(about.webhook, 'id')
    .replaceAll(about.delivery, 'id');
  return { status, headers: [...headers].filter(([name]) => !ofEachAnswer.includes(name)), body };
}

/** What each route answered, where that is not what it has to. */
async function wrong(
  routes: readonly (readonly [string, Row])[],
  ask: (name: string, row: Row) => Promise<Answer>,
  expected: (row: Row) => [status: number, code?: string],
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, row] of routes) {
    const { status, json, text } = await ask(name, row);
    const [wanted, code] = expected(row);
    if (status !== wanted || (code !== undefined && json.code !== code)) found.push(`${name}: ${status} ${text}`);
  }
  return found;
}

test('every route that is mounted has its row in the table, and no row is left over', () => {
  expect(Object.keys(ROUTES).sort()).toEqual(mountedRoutes(stage.broker.broker));
});

describe('whoever is refused learns nothing and changes nothing', () => {
  beforeAll(async () => {
    before = await stage.fingerprint();
  });

  test.each(['none', 'forged', 'revoked', 'of a suspended organization'])(
    'a key that is %s opens no route, and all answers are the same',
    async (kind) => {
      const { mint, objects, database } = stage;
      const keyOf = async (): Promise<string | undefined> => {
        if (kind === 'none') return undefined;
        const { id, key } = await mint(kind.startsWith('of') ? 'delt' : 'beta');
        if (kind === 'revoked') await database.query('update access_keys set revoked_at = now() where id = $1', [id]);
        return kind === 'forged' ? `${key.slice(0, -12)}${'0'.repeat(12)}` : key;
      };
      const keys = new Map<string, string | undefined>();
      for (const [name] of guarded) keys.set(name, await keyOf());
      const suspend = (at: string) =>
        database.query(`update organizations set suspended_at = ${at} where name = 'delt'`);
      await suspend('now()');
      const bodies = new Set<string>();
      const ask = async (name: string, row: Row): Promise<Answer> => {
        const answer = await send(name, row, objects.own, { key: keys.get(name) });
        bodies.add(JSON.stringify(seen(answer, objects.own)));
        return answer;
      };
      expect(await wrong(guarded, ask, () => [401, 'key_invalid'])).toEqual([]);
      expect([...bodies]).toHaveLength(1);
      await suspend('null');
    },
    60_000,
  );

  test('a key without the scope is refused on every route', async () => {
    const keys = new Map<string, string>();
    for (const scope of new Set(guarded.map(([, { scope }]) => scope)))
      keys.set(scope, (await stage.mint('beta', { scopes: SCOPES.filter((other) => other !== scope) })).key);
    const scoped = guarded.filter(([, { scope }]) => scope !== 'any');
    const ask = (name: string, row: Row) => send(name, row, stage.objects.own, { key: keys.get(row.scope) });
    expect(await wrong(scoped, ask, () => [403, 'scope_missing'])).toEqual([]);
  });

  test('a key that is limited to another client of the same organization gets nothing of this one', async () => {
    const { key } = await stage.mint('beta', { clientIds: [`${PREFIXES.own}-two`] });
    const { own } = stage.objects;
    const leaked: string[] = [];
    const ask = async (name: string, row: Row): Promise<Answer> => {
      const answer = await send(name, row, own, { key });
      const isTold = answer.text.includes(own.connection) || answer.text.includes(`"${own.clientId}"`);
      if (answer.status < 300 && isTold) leaked.push(`${name}: ${answer.text}`);
      return answer;
    };
    expect(await wrong(guarded, ask, ({ limited }) => [limited])).toEqual([]);
    expect(leaked).toEqual([]);
  });

  // Also halves: one's own client with a service of theirs, and the other way round.
  const halves = {
    'their client': ({ own, ...of }: Stage['objects'], which: 'other' | 'absent') => ({
      ...own,
      clientId: of[which].clientId,
    }),
    'their service': ({ own, ...of }: Stage['objects'], which: 'other' | 'absent') => ({
      ...own,
      service: of[which].service,
    }),
    'nothing of one’s own': (of: Stage['objects'], which: 'other' | 'absent') => of[which],
  };
  test.each(['beta', 'default'])(
    "another organization's object is, for a key of %s, byte for byte as if it were not there, on every route",
    async (organization) => {
      const { key } = await stage.mint(organization);
      const different: unknown[] = [];
      expect(aboutObjects.length).toBeGreaterThan(30);
      for (const [half, pick] of Object.entries(halves)) {
        for (const [name, row] of aboutObjects) {
          const [other, absent] = [pick(stage.objects, 'other'), pick(stage.objects, 'absent')];
          const isTheSame =
            JSON.stringify(requestOf(name, row, other)) === JSON.stringify(requestOf(name, row, stage.objects.own));
          if (isTheSame || (organization === 'default' && half !== 'nothing of one’s own')) continue;
          const [theirs, nobodys] = [await send(name, row, other, { key }), await send(name, row, absent, { key })];
          const same = JSON.stringify(seen(theirs, other)) === JSON.stringify(seen(nobodys, absent));
          if (theirs.status !== 404 || theirs.json.code !== 'not_found' || !same || theirs.text.includes(MARK))
            different.push([name, half, theirs.text, nobodys.text]);
        }
      }
      expect(different).toEqual([]);
    },
    60_000,
  );

  test('lists hold nothing of another organization, however one asks for it', async () => {
    const lists = guarded.filter(([name]) => name.startsWith('GET') && !name.includes(':'));
    const { own, other, absent } = stage.objects;
    for (const [name, row] of lists) {
      for (const about of [own, other]) {
        const { status, text } = await send(name, row, about, { key: stage.key });
        const leaks = [MARK, other.connection, other.accessKey, other.connectLink, other.webhook].filter((mark) =>
          text.includes(mark),
        );
        expect({ name, status, leaks }).toEqual({ name, status: row.own, leaks: [] });
      }
      if (row.query === undefined || name.startsWith('GET /v1/audit')) continue; // the audit has what was asked above
      const [theirs, nobodys] = [
        await send(name, row, other, { key: stage.key }),
        await send(name, row, absent, { key: stage.key }),
      ];
      expect(seen(theirs, other)).toEqual(seen(nobodys, absent));
    }
  });

  test('none of all this has changed a row', async () => {
    // But for the keys that the tests made.
    expect({ ...(await stage.fingerprint()), access_keys: '' }).toEqual({ ...before, access_keys: '' });
  });
});

test('the audit of every request names the organization of its caller, and no other', async () => {
  await stage.broker.broker.refusals.flush();
  const { rows: strays } = await stage.database.query(
    `select a.action, a.code from audit a join access_keys k on a.actor = 'key:' || k.id where a.organization_id is distinct from k.organization_id`,
  );
  expect(strays).toEqual([]);
  const { rows: known } = await stage.database.query<{ n: number }>(
    `select count(*)::int as n from audit a join organizations o on o.id = a.organization_id where o.name = 'beta' and a.code = 'not_found'`,
  );
  expect(known[0]?.n).toBeGreaterThan(30);
});

test('the same requests do what they say for the owner: all of the above could have been otherwise', async () => {
  const { objects, key } = stage;
  const ask = (name: string, row: Row) => send(name, row, objects.own, { key });
  expect(await wrong(rows, ask, ({ own }) => [own])).toEqual([]);
});
