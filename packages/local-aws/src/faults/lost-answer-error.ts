/** The work is done, and whoever asked for it never hears of it. A client of the server sees its connection break off. */
export class LostAnswerError extends Error {
  override readonly name = 'LostAnswerError';

  constructor(place: string) {
    super(`The answer to ${place} was lost: an injected fault`);
  }
}
