const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The lowest `width` base 62 digits of a big-endian number, padded with zeros. 43 digits hold 256 bits, 6 hold 32. */
export function base62(bytes: Buffer, width: number): string {
  let rest = BigInt(`0x0${bytes.toString('hex')}`);
  let text = '';
  for (let at = 0; at < width; at++) {
    text = DIGITS.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}
