import { fullLoad } from '../load/full-load.mjs';
import { pacedLoad } from '../load/paced-load.mjs';
import { timedRefusals } from '../load/timed-refusals.mjs';
import { serveParent } from '../parent.mjs';

serveParent(async () => ({ commands: { full: fullLoad, paced: pacedLoad, timedRefusals } }));
