import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Engine } from '../../engine.ts'
import type { TestContext } from '../test-context.ts'

/** How an engine under test is made. */
export interface EngineUnderTest {
  readonly threads: number
  readonly maxFailures: number
}

export type MakeEngine = (options: EngineUnderTest) => Engine | Promise<Engine>

/** What a test of the suite is given. */
export interface Bench {
  /** Shared by the tests of the suite. */
  readonly context: TestContext
  /** An engine of its own, closed after the test. */
  readonly fresh: (options?: Partial<EngineUnderTest>) => Promise<TestContext>
  /** A file of its own, which tasks of any engine can append to; removed after the test. */
  readonly file: () => string
}

/** The facts of one topic, by name. */
export type Facts = Readonly<Record<string, (bench: Bench) => void | Promise<void>>>

/** How many lines tasks have appended to a file. */
export const linesIn = (file: string): string[] =>
  fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(0, -1) : []

/** A directory for the files of a suite. */
export const makeDirectory = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-conformance-'))

/** The records of an array in an order that does not depend on how they were spread. */
export const sorted = <T>(records: readonly T[]): T[] =>
  records
    .map(record => [JSON.stringify(record), record] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, record]) => record)
