import { fullLoad } from '../load/full-load.mjs';
import { pacedLoad } from '../load/paced-load.mjs';
import { serveParent } from '../parent.mjs';

serveParent(async () => ({ commands: { full: fullLoad, paced: pacedLoad } }));
