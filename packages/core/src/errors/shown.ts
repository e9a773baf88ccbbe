/** A value as error messages name it: `the string 'abc'`, `the number 5`, `undefined`, `an array`. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length <= 40 ? `the string '${value}'` : `the string '${value.slice(0, 40)}…'`
    case 'number':
    case 'bigint':
    case 'boolean':
      return `the ${typeof value} ${value}`
    case 'undefined':
      return 'undefined'
    case 'function':
    case 'symbol':
      return `a ${typeof value}`
    case 'object':
      return shownObject(value)
  }
}

function shownObject(value: object | null): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Promise) return 'a promise'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return 'an object'
  const { name } = (prototype as { readonly constructor: { readonly name: string } }).constructor
  return `an object of class ${name}`
}
