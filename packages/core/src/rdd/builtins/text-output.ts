import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { textOf } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/index.ts'

const pieceLength = 64 * 1024

/** The file of a partition: `part-00003`. */
export const partName = (partition: number): string => `part-${String(partition).padStart(5, '0')}`

/**
 * What a task of saveAsTextFile does: it writes a file of its own, then moves it to the task's place in one step. So an attempt that fails
 * or runs twice leaves nothing that counts; the driver moves the tasks' files into the directory at the end.
 */
registerBuiltins({
  writeTextPart:
    (_, [taskDirectory]) =>
    (records: Iterable<unknown>, partition: number) => {
      const final = path.join(taskDirectory as string, partName(partition))
      const attempt = path.join(taskDirectory as string, `.${partName(partition)}.${randomUUID()}`)
      try {
        writeLines(attempt, records)
        fs.renameSync(attempt, final)
      } catch (error) {
        fs.rmSync(attempt, { force: true })
        throw error
      }
    },
})

function writeLines(file: string, records: Iterable<unknown>): void {
  const handle = fs.openSync(file, 'wx')
  try {
    let piece = ''
    for (const record of records) {
      piece += `${textOf(record)}\n`
      if (piece.length < pieceLength) continue
      writeAll(handle, piece)
      piece = ''
    }
    writeAll(handle, piece)
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
}

function writeAll(handle: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) at += fs.writeSync(handle, bytes, at)
}
