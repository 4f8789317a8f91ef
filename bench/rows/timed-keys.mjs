import { randomBytes } from 'node:crypto';
import { fromBroker } from '../from-broker.mjs';
import { storeAccessKey } from './access-keys.mjs';

const { mintAccessKey } = fromBroker('./dist/secrets/access-key');
const { PRESETS } = fromBroker('./dist/secrets/scopes');

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Of random, for an id. */
const ID_BYTES = 16;

/**
 * Keys that must look alike from outside when they are refused, `count` of each kind. `inUse`: the keys
 * that somebody uses, whose ids are among those that come with a wrong secret.
 */
export async function storeTimedKeys(stage, { count }) {
  const { organizationId } = stage;
  const several = async (make) => {
    const made = [];
    for (let n = 0; n < count; n++) made.push(await make());
    return made;
  };
  const kept = { organizationId, name: 'timed', scopes: PRESETS.n8n };
  const keys = (rest) => several(() => storeAccessKey(stage, { ...kept, ...rest }));
  const inUse = await keys({});
  const notInUse = await keys({});
  const revoked = await keys({ revokedAt: new Date() });
  const expired = await keys({ expiresAt: new Date(0) });
  const texts = (keys) => keys.map(({ text }) => text);
  return {
    alike: {
      'unknown key id': Array.from({ length: count }, () => mintAccessKey('live', randomBytes).text),
      'wrong secret, key in use': inUse.map(withAnotherSecret),
      'wrong secret, key not in use': notInUse.map(withAnotherSecret),
      'revoked key': texts(revoked),
      'expired key': texts(expired),
    },
    inUse: texts(inUse),
  };
}

/** The id of this key with a secret that is not its own, and a checksum that fits. */
function withAnotherSecret({ id }) {
  const number = [...id].reduce((sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
  const bytes = Buffer.from(number.toString(16).padStart(ID_BYTES * 2, '0'), 'hex');
  const minted = mintAccessKey('live', (size) => (size === ID_BYTES ? bytes : randomBytes(size)));
  if (minted.id !== id) throw new Error('an access key is not minted as it was');
  return minted.text;
}
