import { once } from 'node:events';
import { Streamed } from '../../http/streamed';
import { operatorCaller } from '../../services/access/operator';
import { BadUsage } from '../bad-usage';
import { confirmed } from '../terminal/ask';
import { screenOf } from '../terminal/screen';
import { answerOf, callRoute } from './call-route';
import type { Ask, Input, ManagingCommand, Options } from './declaration';
import { isPage, type Json } from './json';
import { filled } from './show';
import { withRoutes } from './with-routes';

/** Gathers, asks, does it through the services as the operator at this machine, and prints the answer. */
export async function perform(declared: ManagingCommand, given: Input, options: Options): Promise<void> {
  const gathered = (await declared.gather?.(given, options)) ?? given;
  if (declared.route.startsWith('PATCH ') && Object.keys(gathered.body).length === 0)
    throw new BadUsage('nothing is given that is to change', 'see --help');
  const { confirm = null } = declared;
  const question = typeof confirm === 'function' ? confirm(gathered) : confirm;
  const word = declared.confirmBy === undefined ? null : String(gathered.params[declared.confirmBy]);
  if (question !== null) await confirmed(filled(question, gathered.params), { yes: options.yes === true, word });
  const { show } = declared;
  const answer = await withRoutes(async (routes) => {
    const caller = operatorCaller(String(options.organization ?? 'default'));
    if (show === 'file') return writeOut(await answerOf(routes, declared.route, { input: gathered, caller }));
    const ask: Ask = (name, input) =>
      callRoute(routes, name, { input: { params: {}, query: {}, body: {}, ...input }, caller });
    const located = (await declared.locate?.(gathered, ask, options)) ?? gathered;
    return everyPage(ask, declared, located);
  });
  if (show === 'file') return;
  const text = options.json ? JSON.stringify(answer, null, 2) : show(answer, screenOf(process.stdout), given);
  process.stdout.write(`${text}\n`);
}

/** No faster than whoever reads it; where he stops reading, that is the end. */
async function writeOut(answer: unknown): Promise<null> {
  if (!(answer instanceof Streamed)) throw new Error('this route streams nothing');
  for await (const chunk of answer.chunks) {
    if (process.stdout.destroyed) break;
    if (!process.stdout.write(chunk))
      await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]);
  }
  return null;
}

/** A list in full; any other answer as it is. */
async function everyPage(ask: Ask, declared: ManagingCommand, input: Input): Promise<Json> {
  const { route } = declared;
  const answer = await toTheEnd(ask, declared, input);
  if (!isPage(answer) || declared.onePage === true) return answer;
  const items = [...answer.items];
  for (let cursor = answer.nextCursor; cursor !== null;) {
    const next = await ask(route, { ...input, query: { ...input.query, cursor } });
    if (!isPage(next)) break;
    items.push(...next.items);
    cursor = next.nextCursor;
  }
  return { items, nextCursor: null };
}

/** Request after request, while the answers say that there is more to do. */
async function toTheEnd(ask: Ask, { route, next }: ManagingCommand, input: Input): Promise<Json> {
  let answer = await ask(route, input);
  for (let more = next?.(answer, input); more; more = next?.(answer, input)) {
    process.stderr.write(`${more.told}\n`);
    answer = await ask(route, more.input);
  }
  return answer;
}
