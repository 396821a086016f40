/** A contract and a stack of which the documents can't be written, in sentences for whoever edits them. */
export class CatalogueError extends Error {}
