import { existsSync } from 'node:fs';

import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A headless Chromium with a profile of its own that talks to nobody but the pages it opens; the caller closes it. */
export async function launchChromium(...extraArguments: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      // Chromium refuses to run its sandbox as root, as which continuous integration mostly runs.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...extraArguments,
    ],
  });
}

function chromiumPath(): string {
  const given = process.env['CHROMIUM'];
  const found = [...(given === undefined ? [] : [given]), ...PLACES].find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Error('Chromium was not found: install it (Debian: apt-get install chromium) or name it in CHROMIUM');
}
