import type { ByteWriter } from './byte-writer.ts'
import { unionTypes, type Column, type ObjectForm, type Planning } from './column.ts'
import { columnTag } from './format.ts'
import { writeLengths } from './lengths.ts'
import { StructuredWriter } from './structured-writer.ts'
import { writeText } from './text-column.ts'

/** Thrown when a record holds one object in two places that two columns would tear apart. Never leaves this folder. */
export class SharedObject extends Error {}

/**
 * Writes a column and those inside it.
 *
 *     constant    the value, structured           union      u8 selectors, a column for each bit set in `own`
 *     boolean     u8 each                         tuple      `own` columns
 *     int32, float64, bigint64, date (float64)    object     `own` names, structured, then the class's; `own` columns
 *     text        see text-column.ts              list       lengths, one column of all items
 *     structured  values end to end, see structured-writer.ts
 */
export function writeColumn(out: ByteWriter, column: Column, count: number, planning: Planning): void {
  switch (column.kind) {
    case 'text':
      return writeText(out, column.values)
    case 'int32':
      return writeInt32s(out, column.values)
    case 'float64':
      return writeFloat64s(out, columnTag.float64, column.values)
    case 'date':
      return writeFloat64s(out, columnTag.date, column.values.map(Number))
    case 'bigint64':
      return writeBigints(out, column.values)
    case 'boolean':
      out.column(columnTag.boolean, 0, 0)
      out.reserve(count)
      for (const value of column.values) out.bytes[out.at++] = value ? 1 : 0
      return
    case 'constant':
      out.column(columnTag.constant, 0, 0)
      return new StructuredWriter(out, planning.registry).write(column.value, 'the record')
    case 'structured':
      return writeStructured(out, column.values, column.path, planning)
    case 'union':
      return writeUnion(out, column.selectors, column.members, planning)
    case 'list':
      out.column(columnTag.list, 0, 0)
      writeLengths(out, column.values)
      return writeColumn(
        out,
        column.items,
        column.values.reduce((sum, list) => sum + list.length, 0),
        planning,
      )
    case 'tuple':
      out.column(columnTag.tuple, column.parts.length, 0)
      for (const part of column.parts) writeColumn(out, part, count, planning)
      return
    case 'object':
      writeShape(out, column.form, column.names, planning)
      for (const part of column.parts) writeColumn(out, part, count, planning)
  }
}

function writeInt32s(out: ByteWriter, values: readonly number[]): void {
  out.column(columnTag.int32, 0, 0)
  out.reserve(values.length * 4)
  const { view } = out
  let { at } = out
  for (let i = 0; i < values.length; i++, at += 4) view.setInt32(at, values[i]!, true)
  out.at = at
}

function writeFloat64s(out: ByteWriter, tag: number, values: readonly number[]): void {
  out.column(tag, 0, 0)
  out.reserve(values.length * 8)
  const { view } = out
  let { at } = out
  for (let i = 0; i < values.length; i++, at += 8) view.setFloat64(at, values[i]!, true)
  out.at = at
}

function writeBigints(out: ByteWriter, values: readonly bigint[]): void {
  out.column(columnTag.bigint64, 0, 0)
  out.reserve(values.length * 8)
  for (const value of values) {
    out.view.setBigInt64(out.at, value, true)
    out.at += 8
  }
}

function writeUnion(
  out: ByteWriter,
  selectors: Uint8Array,
  members: readonly (Column | undefined)[],
  planning: Planning,
): void {
  out.column(
    columnTag.union,
    members.reduce((bits, member, i) => (member === undefined ? bits : bits | (1 << i)), 0),
    0,
  )
  out.raw(selectors)
  const counts = unionTypes.map(() => 0)
  for (const selector of selectors) counts[selector]!++
  members.forEach((member, i) => member !== undefined && writeColumn(out, member, counts[i]!, planning))
}

function writeShape(out: ByteWriter, form: ObjectForm, names: readonly string[], planning: Planning): void {
  out.column(columnTag.object, names.length, form === 'plain' ? 0 : form === 'bare' ? 1 : 2)
  const writer = new StructuredWriter(out, planning.registry)
  for (const name of names) writer.write(name, 'a property name')
  if (typeof form === 'object') writer.write(form.classId, 'a class name')
}

function writeStructured(out: ByteWriter, values: readonly unknown[], path: string, planning: Planning): void {
  out.column(columnTag.structured, 0, 0)
  const writer = new StructuredWriter(out, planning.registry)
  for (let i = 0; i < values.length; i++) {
    writer.write(values[i], `record ${i}${path}`)
    for (const place of planning.places) if (writer.met(place[i]!)) throw new SharedObject()
  }
}
