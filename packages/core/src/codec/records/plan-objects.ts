import { codecOf } from '../custom-codecs.ts'
import { classOfInstance } from '../classes.ts'
import type { Column, ObjectForm, Planning } from './column.ts'
import { isMatch } from './format.ts'
import { planColumn, structured } from './plan-column.ts'

/** Longer arrays of one length are lists rather than tuples, objects of more properties are written one by one. */
const maxParts = 32

/**
 * The column for values that begin with an object: tuples, lists, dates, objects of one shape, else structured; `undefined` when not all of
 * them are objects.
 */
export function planObjects(
  values: readonly unknown[],
  planning: Planning,
  depth: number,
  path: string,
): Column | undefined {
  const prototype = Object.getPrototypeOf(values[0]) as object | null
  let alike = true
  // One of the hot places: one pass over the records for both questions.
  for (let i = 1; i < values.length; i++) {
    const value = values[i]
    if (typeof value !== 'object' || value === null) return undefined
    if (alike && Object.getPrototypeOf(value) !== prototype) alike = false
  }
  if (!alike) return structured(values, planning, path)
  if (prototype === Array.prototype) return planArrays(values as readonly unknown[][], planning, depth, path)
  if (prototype === Date.prototype) return planDates(values as readonly object[], planning, path)
  const form = formOf(values[0] as object, prototype, planning)
  return form === undefined
    ? structured(values, planning, path)
    : planShape(values as readonly object[], form, planning, depth, path)
}

function planDates(values: readonly object[], planning: Planning, path: string): Column {
  if (!values.every(value => value instanceof Date)) return structured(values, planning, path)
  planning.places.push(values)
  return { kind: 'date', values: values as Date[] }
}

function planArrays(values: readonly (readonly unknown[])[], planning: Planning, depth: number, path: string): Column {
  const arity = values[0]!.length
  for (let i = 0; i < values.length; i++) {
    if (!Array.isArray(values[i]) || isMatch(values[i]!)) return structured(values, planning, path)
    if (values[i]!.length !== arity || arity > maxParts) return planList(values, planning, depth, path)
  }
  planning.places.push(values)
  const parts: Column[] = []
  for (let p = 0; p < arity; p++) {
    const part = columnOf(values, p)
    if (part === undefined) return structured(values, planning, path)
    parts.push(planColumn(part, planning, depth + 1, `${path}[${p}]`))
  }
  return { kind: 'tuple', parts }
}

/** Part `p` of each array; undefined where one of them has a hole there. */
function columnOf(values: readonly (readonly unknown[])[], p: number): unknown[] | undefined {
  const part = new Array<unknown>(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = (part[i] = values[i]![p])
    if (value === undefined && !(p in values[i]!)) return undefined
  }
  return part
}

function planList(values: readonly (readonly unknown[])[], planning: Planning, depth: number, path: string): Column {
  const items: unknown[] = []
  for (const list of values) {
    if (!Array.isArray(list) || isMatch(list)) return structured(values, planning, path)
    for (let i = 0; i < list.length; i++) {
      const item: unknown = list[i]
      if ((typeof item === 'object' && item !== null) || typeof item === 'function' || typeof item === 'symbol')
        return structured(values, planning, path)
      if (item === undefined && !(i in list)) return structured(values, planning, path)
      items.push(item)
    }
  }
  const before = planning.structured
  const column = planColumn(items, planning, depth + 1, `${path}[]`)
  if (column.kind === 'structured') {
    planning.structured = before
    return structured(values, planning, path)
  }
  planning.places.push(values)
  return { kind: 'list', values, items: column }
}

/** What objects of that prototype are in an object column; undefined when they do not fit in one (built-ins, classes with private fields or not registered). */
function formOf(value: object, prototype: object | null, planning: Planning): ObjectForm | undefined {
  if (prototype === Object.prototype) return 'plain'
  if (prototype === null) return 'bare'
  // A class below one of JavaScript's own (class Tags extends Map) has content beyond its properties.
  if (Object.getPrototypeOf(prototype) !== Object.prototype) return undefined
  const type = classOfInstance(value)
  if (type === undefined || codecOf(type) !== undefined || planning.registry.privatesOf(type) !== undefined)
    return undefined
  const classId = planning.registry.classIdOf(type)
  return classId === undefined ? undefined : { classId }
}

function planShape(
  values: readonly object[],
  form: ObjectForm,
  planning: Planning,
  depth: number,
  path: string,
): Column {
  const names = Object.keys(values[0]!)
  if (names.length > maxParts || names.includes('__proto__') || !values.every(value => hasExactly(value, names))) {
    return structured(values, planning, path)
  }
  planning.places.push(values)
  const parts = names.map(name => {
    const part = values.map(value => (value as Record<string, unknown>)[name])
    return planColumn(part, planning, depth + 1, `${path}.${name}`)
  })
  return { kind: 'object', form, names, parts }
}

function hasExactly(value: object, names: readonly string[]): boolean {
  const own = Object.keys(value)
  if (own.length !== names.length) return false
  for (let i = 0; i < own.length; i++) if (own[i] !== names[i]) return false
  return true
}
