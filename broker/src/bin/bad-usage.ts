/** The command line asks for something that cannot be: said in one line, with the way out. The program exits 2. */
export class BadUsage extends Error {
  override readonly name = 'BadUsage';

  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
