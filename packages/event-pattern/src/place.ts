/** The way from the root of a pattern to one of its parts: names of members, and indexes in arrays. */
export type Place = readonly (string | number)[];

/** Writes a place as a path: `detail.$or[1].location`, or `detail["my field"]`. The root is the empty text. */
export function pathOf(place: Place): string {
  return place
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join('')
    .replace(/^\./, '');
}
