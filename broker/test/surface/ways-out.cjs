// Loaded before a program (node --require): writes down where its sockets lead, and at its end what it had loaded. In the file that
// OTOBOT_TEST_WAYS_OUT names, a line of JSON each.
const fs = require('node:fs');
const net = require('node:net');

const file = process.env.OTOBOT_TEST_WAYS_OUT;
const note = (line) => fs.appendFileSync(file, `${JSON.stringify(line)}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [to, host] = Array.isArray(args[0]) ? args[0] : args;
  note({ connected: typeof to === 'object' ? `${to.host ?? to.path}:${to.port ?? ''}` : `${host ?? ''}:${to}` });
  return connect.apply(this, args);
};
process.on('exit', () => {
  for (const loaded of Object.keys(require.cache)) note({ loaded });
});
