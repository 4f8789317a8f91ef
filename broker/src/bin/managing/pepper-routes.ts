import { route, type Route } from '../../http/route';
import type { RotatePepper } from '../../services/access-keys/rotate-pepper';

/** Declared as the API's routes are, but not among them: the pepper is that of every organization. */
export function pepperRoutes(rotatePepper: RotatePepper): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/pepper/rotate',
      summary: 'Signs the rows of all access keys under a new pepper',
      scope: 'any',
      handle: (_input, caller) => rotatePepper(caller),
    }),
  ];
}
