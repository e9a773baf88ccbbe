/** The order of names in a directory: by UTF-16 units, the same on every machine. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0

/** The directory a path is in; `/` for what is at the top. */
export function parentOf(path: string): string {
  const at = path.lastIndexOf('/')
  return at <= 0 ? '/' : path.slice(0, at)
}

/** The last part of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** `parent` and `name` as one path. */
export const childOf = (parent: string, name: string): string =>
  parent.endsWith('/') ? parent + name : `${parent}/${name}`

/** A path without `.` parts, doubled or trailing slashes. */
export function normalPath(path: string): string {
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`
}
