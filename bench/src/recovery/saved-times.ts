import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The batch times of which the state is saved whole, oldest first. */
export function savedTimes(directory: string): number[] {
  const list = (path: string) => (existsSync(path) ? readdirSync(path) : [])
  const data = join(directory, 'data')
  const times = list(data).flatMap(run =>
    list(join(data, run)).flatMap(stream => list(join(data, run, stream)).map(time => join(data, run, stream, time))),
  )
  const whole = times.filter(path => existsSync(join(path, '_SAVED')))
  return whole.map(path => Number(path.split('/').at(-1))).sort((a, b) => a - b)
}

/** What a directory takes on disk. */
export function bytesOf(directory: string): number {
  const all = readdirSync(directory, { recursive: true, withFileTypes: true })
  return all.reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0)
}
