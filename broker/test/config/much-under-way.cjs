// Keeps many young objects alive at a time, turn by turn, and prints how far the young generation has grown, in MiB.
const { getHeapSpaceStatistics } = require('node:v8');

const TURNS = 400;
const AT_ONCE = 200_000;

const held = [];
let made = 0;
const turn = (left) => {
  for (let n = 0; n < 5_000; n++, made++) held[made % AT_ONCE] = { made, text: `text ${made}`, list: [made] };
  if (left > 0) setImmediate(turn, left - 1);
  else console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 2 ** 20);
};
turn(TURNS);
