import { DIGEST_BYTES } from '../../../repositories/audit-seals';
import { digester, type Mismatch } from './compare-rows';
import { PLACE_IN_ROW } from './row-bytes';

export interface Suspect {
  mismatch: Mismatch;
  salt: Buffer;
}

/**
 * Those altered rows whose content stands at another altered row's place: put back there, it has the digest that was sealed. Process,
 * batch and sequence are a row's place in the order, and part of what is sealed.
 */
export function findExchanged(suspects: readonly Suspect[]): Set<Mismatch> {
  const exchanged = new Set<Mismatch>();
  for (const { mismatch: here, salt } of suspects) {
    if (here.sealed === null || here.present === null) continue;
    const place = here.present.subarray(PLACE_IN_ROW.from, PLACE_IN_ROW.to);
    const digestOf = digester(salt);
    for (const { mismatch: there } of suspects) {
      if (there === here || there.present === null) continue;
      const putBack = Buffer.from(there.present);
      place.copy(putBack, PLACE_IN_ROW.from);
      if (digestOf(putBack.toString('hex')).toString('hex', 0, DIGEST_BYTES) === here.sealed) exchanged.add(here);
    }
  }
  return exchanged;
}
