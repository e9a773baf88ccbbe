import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How many cases of each theme pass. */
export type Pins = Readonly<Record<string, number>>

const file = join(import.meta.dirname, '../pinned.json')

export const readPins = (): Pins => JSON.parse(readFileSync(file, 'utf8')) as Pins

export const writePins = (pins: Pins): void => writeFileSync(file, `${JSON.stringify(pins, null, 2)}\n`)
