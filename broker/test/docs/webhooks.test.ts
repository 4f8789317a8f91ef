import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { webhookHeaders, webhookSecretText } from '../../src/secrets/webhook-secret';
import { EVENT_TYPES } from '../../src/services/webhooks/event-types';
import { RETRY_SECONDS } from '../../src/services/webhooks/retries';
import { blocksOf } from './blocks';

const page = readFileSync(path.resolve(__dirname, '../../../docs/webhooks.md'), 'utf8');
const snippet = (language: string): string => {
  const [block] = blocksOf('docs/webhooks.md', page).filter((each) => each.language === language);
  return block?.text ?? '';
};

const JS = `${snippet('js')}
const [secret, headers, body] = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
console.log(verify(secret, headers, body).type);`;
const PYTHON = `${snippet('python')}
import sys
secret, headers, body = json.load(sys.stdin)
print(verify(secret, headers, body.encode())["type"])`;

const hasPython = spawnSync('python3', ['--version']).status === 0;
const LANGUAGES: [string, string, string[]][] = [['JavaScript', process.execPath, ['-e', JS]]];
if (hasPython) LANGUAGES.push(['Python', 'python3', ['-c', PYTHON]]);

const body = JSON.stringify({ type: 'connection.recovered', data: { name: 'é' } });
const [secret, other] = [randomBytes(32), randomBytes(32)];
const signed = (secrets: Buffer[], ageSeconds = 0): Record<string, string> =>
  webhookHeaders(secrets, { id: 'evt_1', sentAt: new Date(Date.now() - ageSeconds * 1_000), body });

describe.each(LANGUAGES)('the snippet in %s', (_language, program, args) => {
  const verdict = (headers: Record<string, string>, text = body): string | null => {
    const input = JSON.stringify([webhookSecretText(secret), headers, text]);
    try {
      return execFileSync(program, args, { input, stdio: ['pipe', 'pipe', 'ignore'] })
        .toString()
        .trim();
    } catch {
      return null;
    }
  };

  test('takes what the broker signs, also with two secrets', () => {
    expect(verdict(signed([secret]))).toBe('connection.recovered');
    expect(verdict(signed([other, secret]))).toBe('connection.recovered');
  });

  test('refuses what was altered, is old, or is signed by somebody else', () => {
    expect(verdict(signed([secret]), body.replace('recovered', 'rejected'))).toBeNull();
    expect(verdict({ ...signed([secret]), 'webhook-id': 'evt_2' })).toBeNull();
    expect(verdict(signed([secret], 400))).toBeNull();
    expect(verdict(signed([secret], -400))).toBeNull();
    expect(verdict({ ...signed([secret]), 'webhook-timestamp': 'soon' })).toBeNull();
    expect(verdict(signed([other]))).toBeNull();
  });
});

test('the table of events is that of the code', () => {
  const rows = Object.entries(EVENT_TYPES).map(
    ([type, { about, data }]) => `| \`${type}\` | ${about} | \`${JSON.stringify(data)}\` |`,
  );
  const told = page.split('\n').filter((line) => /^\| `(connection|provider|app|key|n8n_\w+)\./.test(line));
  expect(told).toEqual(rows);
});

test('so is the schedule', () => {
  const words = RETRY_SECONDS.map((seconds) =>
    seconds < 60 ? `${seconds} s` : seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`,
  );
  expect(page).toContain(`After ${words.join(', ')}, and every ${words.at(-1) ?? ''} from then on`);
});
