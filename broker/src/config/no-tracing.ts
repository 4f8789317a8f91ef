// Libraries that were told to trace by DEBUG print every URL (express: tokens of Connect links, codes of callbacks), header and
// body (simple-oauth2: secrets). They read it when they are loaded, so this stands before all other imports of a program.
delete process.env.DEBUG;
