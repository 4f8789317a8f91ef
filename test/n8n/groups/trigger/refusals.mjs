export const refusals = [];
