// What PostgreSQL tells of the statements that it has really executed: for the bench, and for the tests that hold plans to their promise.

/** auto_explain tells the plan of each statement in a notice. */
const TOLD = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': 0,
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
  'auto_explain.log_parameter_max_length': 0,
};

/** The URL of a superuser (nobody else may be told of plans) for sessions that tell them. */
function telling(databaseUrl) {
  const url = new URL(databaseUrl);
  const options = Object.entries(TOLD).map(([name, value]) => `-c ${name}=${value}`);
  url.searchParams.set('options', options.join(' '));
  return url.toString();
}

/** The plan in a notice; null: it tells something else. */
function planIn({ message = '' }) {
  return message.includes('plan:') ? JSON.parse(message.slice(message.indexOf('{'))).Plan : null;
}

const buffersOf = (plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];

const nodesOf = (plan) => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

module.exports = { telling, planIn, buffersOf, nodesOf };
