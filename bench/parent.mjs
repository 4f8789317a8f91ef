/**
 * The other end of startProcess: `open(input)` makes the commands and says what the parent is told when they are ready. Ends with the parent,
 * however that ends: the channel closes then. Signals that a terminal sends to all are for the parent alone.
 */
export function serveParent(open) {
  let opened = null;
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);

  const run = async (command, argument) => {
    if (command === 'usage') return usage();
    if (command !== 'open') return opened.commands[command](argument);
    opened = await open(argument);
    return opened.ready;
  };
  process.on('message', ({ id, command, argument }) => {
    run(command, argument).then(
      (result) => reply({ id, result }),
      (error) => reply({ id, error: error.stack }),
    );
  });
  process.once('disconnect', () => {
    Promise.resolve(opened?.close?.()).then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}

// The parent may be gone by the time of the answer.
function reply(message) {
  if (process.connected) process.send(message, () => undefined);
}

function usage() {
  const { user, system } = process.cpuUsage();
  const { rss: rssBytes, heapTotal: heapBytes, external: externalBytes } = process.memoryUsage();
  return { cpuMicroseconds: user + system, rssBytes, heapBytes, externalBytes };
}
