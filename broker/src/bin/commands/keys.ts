import type { CommandGroup } from '../managing/declaration';
import type { Json, Members } from '../managing/json';
import { noted } from '../managing/show';
import { text } from '../terminal/table';

/** Only somebody at the machine with the master key has a say in them. `serve-key`, which needs no database, stands beside them. */
export const keyCommands: CommandGroup = {
  name: 'keys',
  about: 'the encryption keys of this installation',
  commands: [
    {
      name: 'rotate-pepper',
      about: 'sign the rows of all access keys under a new pepper; keys go on working',
      route: 'POST /v1/pepper/rotate',
      ofAll: true,
      fields: [],
      examples: ['otobot keys rotate-pepper'],
      help: `The pepper is what makes a row of an access key genuine: whoever can only write to the database can
neither forge nor widen one. Rotate it when somebody may have seen it. Serving goes on meanwhile,
and a rotation that was interrupted is brought to its end by running it again.`,
      show: noted((rotation) => [done(rotation), ...listForged(rotation.forged ?? null)].join('\n')),
    },
  ],
};

const done = ({ version, resumed, signed }: Members): string => {
  const keys = signed === 1 ? '1 access key is' : `${text(signed ?? 0)} access keys are`;
  const began = resumed === true ? 'The rotation that had been interrupted is complete: ' : '';
  return `${began}${keys} signed under pepper version ${text(version ?? null)}; the one before is destroyed.`;
};

function listForged(forged: Json): string[] {
  if (!Array.isArray(forged) || forged.length === 0) return [];
  return [
    `Made or altered outside the broker, and therefore left alone: ${forged.map(text).join(', ')}.`,
    'They let nobody in. Find out who wrote them; otobot access-key revoke ends them for good.',
  ];
}
