'use strict';

/** See books.d.cts. */
function compareWithAudit(answers, rows) {
  const violations = [];
  const byRequest = new Map();
  const numbers = new Set();
  for (const row of rows) {
    if (byRequest.has(row.requestId)) violations.push({ what: 'two rows tell of one request', id: row.requestId });
    byRequest.set(row.requestId, row);
    const number = `${row.processId} ${row.sequence}`;
    if (numbers.has(number)) violations.push({ what: 'two rows have one number', id: number });
    numbers.add(number);
  }
  let matched = 0;
  for (const answer of answers) {
    const row = byRequest.get(answer.requestId);
    const what = row === undefined ? 'released without an audit row' : difference(answer, row);
    if (what === null) matched++;
    else violations.push({ what, id: answer.requestId });
  }
  return { violations, answers: answers.length, matched, rows: rows.length, unheard: byRequest.size - matched };
}

/** Member of the row, and what the reader knows of it; of an answer that was cut off in the midst he knows only whom he asked for. */
const TOLD = {
  organizationId: ({ asked }) => asked.key.organizationId,
  actor: ({ asked }) => `key:${asked.key.id}`,
  clientId: ({ asked }) => asked.clientId,
  service: ({ asked }) => asked.service,
  connectionId: ({ connectionId }) => connectionId,
  generation: ({ generation }) => generation,
};

function difference(answer, row) {
  for (const [member, told] of Object.entries(TOLD)) {
    const expected = told(answer);
    if (expected !== undefined && expected !== row[member]) return `its audit row has another ${member}`;
  }
  return null;
}

module.exports = { compareWithAudit };
