import { request, type Call } from './request';

export type GetCall = Call;

/** `body` is undefined where the answer is no JSON. null: no answer, or none that could be read whole. */
export type GetAnswer = { status: number; body: unknown } | null;

/** One GET, without redirects, for account look-ups and checks of API keys. What the other side does never throws. */
export async function getJson(call: GetCall): Promise<GetAnswer> {
  const answer = await request('GET', call);
  return 'failed' in answer ? null : { status: answer.status, body: answer.body };
}
