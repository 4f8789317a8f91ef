// node -r …/run-typescript.cjs file.ts: lets a test start a process of its own from TypeScript, types not checked.
const fs = require('node:fs');
const { transpileModule, ModuleKind, ScriptTarget } = require('typescript');

const compilerOptions = {
  module: ModuleKind.CommonJS,
  target: ScriptTarget.ES2022,
  esModuleInterop: true,
  inlineSourceMap: true,
};
require.extensions['.ts'] = (module, fileName) => {
  const { outputText } = transpileModule(fs.readFileSync(fileName, 'utf8'), { compilerOptions, fileName });
  module._compile(outputText, fileName);
};
