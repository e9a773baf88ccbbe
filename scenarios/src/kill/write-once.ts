import { appendFileSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'

let temporaries = 0

/**
 * An output that has an effect once, however often it is written: a file of that batch, output and partition, put in place whole. One that is
 * there already is kept, and must have the same content. The journal counts every write, before it is known whether it is the first.
 */
export function writeOnce(
  directory: string,
  batchMs: number,
  output: string,
  part: number | 'whole',
  lines: readonly string[],
): void {
  const name = `${batchMs}.${output}.${part}`
  const content = lines.map(line => `${line}\n`).join('')
  appendFileSync(join(directory, 'journal'), `write ${name}\n`)
  const temporary = join(directory, 'unfinished', `${name}.${process.pid}.${threadId}.${++temporaries}`)
  writeFileSync(temporary, content)
  const path = join(directory, 'output', name)
  try {
    linkSync(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (readFileSync(path, 'utf8') !== content) {
      writeFileSync(join(directory, 'differences', `${name}.${process.pid}`), content)
      throw new Error(`${name} was written again with another content`, { cause: error })
    }
  }
  rmSync(temporary)
}
