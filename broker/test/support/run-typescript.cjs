// node -r …/run-typescript.cjs file.ts: lets a test start a process of its own from TypeScript, types not checked.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

// The compiler takes longer to load than most of these processes live, so what it made is kept.
const CACHE = path.join(__dirname, '..', '..', '..', 'node_modules', '.cache', 'otobot-run-typescript');

require.extensions['.ts'] = (module, fileName) => {
  const source = fs.readFileSync(fileName, 'utf8');
  const kept = path.join(CACHE, `${createHash('sha256').update(`${fileName}\n${source}`).digest('hex')}.js`);
  module._compile(
    fs.existsSync(kept) ? fs.readFileSync(kept, 'utf8') : keep(kept, translate(source, fileName)),
    fileName,
  );
};

function translate(source, fileName) {
  const { transpileModule, ModuleKind, ScriptTarget } = require('typescript');
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true };
  return transpileModule(source, { compilerOptions: { ...compilerOptions, inlineSourceMap: true }, fileName })
    .outputText;
}

function keep(file, text) {
  try {
    fs.mkdirSync(CACHE, { recursive: true });
    fs.writeFileSync(`${file}.${process.pid}`, text);
    fs.renameSync(`${file}.${process.pid}`, file); // others may be reading
  } catch {
    // An account that may not write there translates again.
  }
  return text;
}
