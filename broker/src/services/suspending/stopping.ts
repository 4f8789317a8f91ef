import { Problem } from '../../errors/problem';
import type { Reach, StoppingWorkflow } from '../../repositories/stopping';

/** What stops, or would. */
export interface Stopping extends Reach {
  /** By what the audit says of the last 30 days, of the caller's own organization; null: the audit is too large to be counted in time. */
  workflows: StoppingWorkflow[] | null;
}

/** `workflows` are counted on their own, after the switch has been thrown: counting must not keep it from being thrown. */
export async function stoppingOf(reach: Reach, workflows: Promise<StoppingWorkflow[]>): Promise<Stopping> {
  const counted = await workflows.catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'database_unavailable') return null;
    throw error;
  });
  return { ...reach, workflows: counted };
}
