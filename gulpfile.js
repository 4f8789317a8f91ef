const { dest, src } = require('gulp');

/**
 * Copies what the compiler leaves behind to where n8n looks for it: the icons, to which nodes and credentials point as
 * `file:../../icons/…`, and the codex files, which place a node in n8n's list.
 */
function buildIcons() {
  // Without `encoding: false` gulp 5 reads every file as UTF-8 text and corrupts PNG icons.
  return src(['icons/*.{svg,png}', 'nodes/**/*.node.json'], { base: '.', encoding: false }).pipe(dest('dist'));
}

module.exports = { 'build:icons': buildIcons };
