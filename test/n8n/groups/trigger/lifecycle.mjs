export const lifecycle = [];
