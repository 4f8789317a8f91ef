// A mail server on loopback that keeps what it is given: as much of SMTP (RFC 5321) as the node Send Email speaks.
import { createServer } from 'node:net';

/** @returns `{port, mails, close}`; `mails`: `{to, text}` in order of arrival, the text decoded */
export async function mailbox() {
  const mails = [];
  const server = createServer((socket) => {
    const state = { to: [], data: null };
    let rest = '';
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop();
      for (const line of lines) answer(state, line, socket, mails);
    });
    socket.write('220 loopback\r\n');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, mails, close: () => new Promise((resolve) => server.close(resolve)) };
}

function answer(state, line, socket, mails) {
  const say = (text) => void socket.write(`${text}\r\n`);
  if (state.data !== null) {
    if (line !== '.') return void state.data.push(line.replace(/^\.\./, '.'));
    mails.push({ to: state.to.splice(0), text: decoded(state.data.join('\n')) });
    state.data = null;
    return say('250 kept');
  }
  if (/^(EHLO|HELO)/i.test(line)) return say('250 loopback');
  if (/^RCPT TO:/i.test(line)) state.to.push(/<(.*?)>/.exec(line)[1]);
  if (/^DATA/i.test(line)) return ((state.data = []), say('354 go on'));
  if (/^QUIT/i.test(line)) return void socket.end('221 bye\r\n');
  return say('250 yes');
}

/** Quoted-printable (RFC 2045), in which long lines are broken. */
function decoded(text) {
  return text.replaceAll('=\n', '').replace(/=([0-9A-F]{2})/g, (_all, hex) => String.fromCharCode(parseInt(hex, 16)));
}
