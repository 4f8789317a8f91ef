import { choiceField, inputField } from './form-field';
import type { Content } from './html';
import type { ConnectPageModel } from './models';
import { TEXTS } from './texts';

/** Asks for what is the client's own in the addresses of a service: the name of a shop, or one of its hosts. What was typed stays. */
export function tenantField({ tenant, language, serviceName }: ConnectPageModel): Content {
  if (tenant === null) return null;
  const texts = TEXTS[language].tenant;
  const { hosts, example, address, value, problem } = tenant;
  const error = problem && texts.problem[problem](serviceName);
  const common = { name: 'tenant', value, error, focus: true } as const;
  if (hosts !== null) return choiceField({ ...common, choices: hosts, label: texts.choice(serviceName), help: null });
  const label = address === null ? texts.name(serviceName) : texts.address(serviceName);
  const help = example && (address === null ? texts.example(example) : texts.exampleAddress(example, address));
  return inputField({ ...common, type: 'text', label, help });
}
