// A registry on loopback with one package in it, and an npm that asks it.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

/** @returns `{url, publish(tarball, manifest), close()}`, as far as `npm pack`, `npm view` and `npm outdated` ask */
export async function startRegistry() {
  const versions = {};
  const tarballs = {};
  let latest;
  let url;
  const server = createServer((request, response) => {
    const found = tarballs[request.url];
    if (found) return response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found);
    const name = decodeURIComponent(request.url.slice(1));
    const isKnown = Object.values(versions).some((manifest) => manifest.name === name);
    const answer = isKnown ? { name, 'dist-tags': { latest }, versions } : { error: 'not found' };
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    publish: (file, manifest) => {
      const bytes = fs.readFileSync(file);
      const address = `/${manifest.name}/-/${path.basename(file)}`;
      tarballs[address] = bytes;
      const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
      versions[manifest.version] = { ...manifest, dist: { tarball: url + address, integrity } };
      latest = manifest.version;
    },
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}

/**
 * n8n names the public registry on npm's command line (another one needs a licence). This `npm` asks ours instead.
 * @returns the settings by which n8n finds it, and by which nothing of this leaves the machine
 */
export function npmThatAsks({ url }, folder, pathBefore) {
  const npm = path.join(folder, 'npm');
  const script = `#!/usr/bin/env node
const { spawnSync } = require('node:child_process');
const args = process.argv.slice(2).map((arg) => (arg.startsWith('--registry=') ? '--registry=${url}' : arg));
const env = { ...process.env, PATH: ${JSON.stringify(pathBefore)} };
process.exitCode = spawnSync('npm', args, { stdio: 'inherit', env }).status ?? 1;
`;
  fs.writeFileSync(npm, script, { mode: 0o755 });
  const nowhere = 'http://127.0.0.1:9';
  return {
    PATH: `${folder}${path.delimiter}${pathBefore}`,
    npm_config_registry: url,
    npm_config_cache: path.join(folder, 'cache'),
    ...{ HTTPS_PROXY: nowhere, https_proxy: nowhere, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
  };
}
