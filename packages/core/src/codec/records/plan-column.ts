import { unionTypes, type Column, type Planning } from './column.ts'
import { planObjects } from './plan-objects.ts'

/** Columns inside columns end here; below, values are written one by one. */
const maxColumnDepth = 6

/**
 * Finds the narrowest column that holds the values. One of the hot places: the common cases (all strings, all numbers) are one
 * loop with one test each.
 */
export function planColumn(values: readonly unknown[], planning: Planning, depth: number, path: string): Column {
  const first = values[0]
  switch (typeof first) {
    case 'string':
      if (values.every(isString))
        return isConstant(values) ? { kind: 'constant', value: first } : { kind: 'text', values: values as string[] }
      break
    case 'number':
      if (values.every(isNumber)) return planNumbers(values as number[])
      break
    case 'boolean':
      if (values.every(isBoolean))
        return isConstant(values)
          ? { kind: 'constant', value: first }
          : { kind: 'boolean', values: values as boolean[] }
      break
    case 'bigint':
      if (values.every(isSmallBigint)) return { kind: 'bigint64', values: values as bigint[] }
      break
    case 'object': {
      const column = first === null || depth >= maxColumnDepth ? undefined : planObjects(values, planning, depth, path)
      if (column !== undefined) return column
      break
    }
    default: // undefined, and what no column holds
  }
  if (values.every(isPrimitive))
    return isConstant(values) ? { kind: 'constant', value: first } : planUnion(values, planning, depth, path)
  return structured(values, planning, path)
}

/** A column that is written value by value. */
export function structured(values: readonly unknown[], planning: Planning, path: string): Column {
  planning.structured++
  return { kind: 'structured', values, path }
}

const isString = (value: unknown): boolean => typeof value === 'string'
const isNumber = (value: unknown): boolean => typeof value === 'number'
const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isSmallBigint = (value: unknown): boolean => typeof value === 'bigint' && BigInt.asIntN(64, value) === value
const isPrimitive = (value: unknown): boolean => value === null || selectorOf(value) > 1 || value === undefined
const isInt32 = (value: number): boolean => (value | 0) === value && (value !== 0 || 1 / value > 0)

function isConstant(values: readonly unknown[]): boolean {
  const first = values[0]
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false
  return true
}

function planNumbers(values: readonly number[]): Column {
  if (isConstant(values)) return { kind: 'constant', value: values[0] }
  return { kind: values.every(isInt32) ? 'int32' : 'float64', values }
}

function selectorOf(value: unknown): number {
  return value === null ? 1 : unionTypes.indexOf(typeof value as (typeof unionTypes)[number])
}

function planUnion(values: readonly unknown[], planning: Planning, depth: number, path: string): Column {
  const selectors = Uint8Array.from(values, selectorOf)
  const members = unionTypes.map((_, selector) => {
    if (selector < 2) return undefined
    const chosen = values.filter((__, i) => selectors[i] === selector)
    return chosen.length === 0 ? undefined : planMember(chosen, planning, depth, path)
  })
  if (members.some(member => member?.kind === 'structured')) return structured(values, planning, path)
  return { kind: 'union', selectors, members }
}

/** A bigint beyond 64 bits has no column of its own: then the whole union is structured. */
function planMember(values: readonly unknown[], planning: Planning, depth: number, path: string): Column {
  if (typeof values[0] === 'bigint' && !values.every(isSmallBigint)) return { kind: 'structured', values, path }
  return planColumn(values, planning, depth, path)
}
