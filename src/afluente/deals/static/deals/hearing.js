// @ts-check
/** What a board does about changes made elsewhere. */

/** @param {any} board @param {{kind: string, contact?: number, [subject: string]: any}} change */
export function hear(board, { kind, contact, ...about }) {
  const card = about[board.subject];
  if (/^(pipeline|stage|board)\./.test(kind)) board.outdated();
  else if (contact && /^contact\.(changed|gone)$/.test(kind)) board.arrivals.wantOf(contact);
  else if (card && kind.startsWith(`${board.subject}.`)) board.arrivals.want([card], /\.(opened|created)$/.test(kind));
}

/** Undo was pressed: its address names the card. @param {any} board @param {string} url */
export function undone(board, url) {
  for (const [, card] of url.matchAll(/^\/(?:deals|tasks)\/(\d+)\//g)) board.arrivals.wantOwn(Number(card));
}
