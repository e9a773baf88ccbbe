import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from './values.ts'

/** An operator of a case: which fields are there depends on `op` (vectors/README.md). */
export interface NodeSpec {
  readonly id: string
  readonly op: string
  readonly in: readonly string[]
  readonly fn?: string
  readonly invFn?: string
  readonly filterFn?: string
  readonly seqFn?: string
  readonly combFn?: string
  readonly combiner?: string
  readonly mapSideCombine?: boolean
  readonly numPartitions?: number
  readonly ascending?: boolean
  readonly windowMs?: number
  readonly slideMs?: number
  readonly intervalMs?: number
  readonly timeoutMs?: number
  readonly variant?: string
  readonly initial?: readonly Json[]
  readonly zero?: Json
  readonly data?: readonly Json[]
  readonly slices?: number
  readonly start?: number
  readonly end?: number
  readonly step?: number
  readonly byTime?: readonly Json[]
  readonly rdd?: RddProgram
}

/** A small RDD program: what `transform` does in its function. */
export interface RddProgram {
  readonly nodes: readonly NodeSpec[]
  readonly result: string
}

export interface InputSpec {
  readonly id: string
  readonly type: string
  readonly partitions?: number
  readonly batches?: readonly (readonly Json[] | null)[]
  readonly rdds?: readonly (readonly Json[])[]
  readonly oneAtATime?: boolean
  readonly default?: readonly Json[] | null
  readonly path?: string
  readonly newFilesOnly?: boolean
  readonly filterSuffix?: string
}

export interface OutputSpec {
  readonly of: string
  readonly action: string
  readonly label?: string
  readonly num?: number
  readonly prefix?: string
  readonly suffix?: string
}

/** A step of kind stream (`at`, `beforeBatch`) or of kind steps (`do` alone). */
export interface StepSpec {
  readonly at?: string
  readonly beforeBatch?: number
  readonly whileDown?: number
  readonly do?: string
  readonly push?: string
  readonly rdds?: readonly (readonly Json[])[]
  readonly path?: string
  readonly from?: string | number
  readonly to?: string | number
  readonly text?: string
  readonly mtime?: number
  readonly ctx?: string
  readonly batchMs?: number
  readonly input?: InputSpec
  readonly node?: NodeSpec
  readonly output?: OutputSpec
  readonly ms?: number
  readonly n?: number
  readonly of?: string
}

export interface SliceSpec {
  readonly of: string
  readonly from: number
  readonly to: number
}

export interface ActionSpec {
  readonly action: string
  readonly of: string
  readonly fn?: string
  readonly seqFn?: string
  readonly combFn?: string
  readonly zero?: Json
  readonly n?: number
  readonly key?: Json
}

/** One case. `expected` may be there; the runner never looks at it. */
export interface Case {
  readonly id: string
  readonly theme: string
  readonly kind: string
  readonly batchMs?: number
  readonly numBatches?: number
  readonly batchesBeforeStop?: number
  readonly downBatches?: number
  readonly clockStartMs?: number
  readonly checkpoint?: boolean
  readonly rememberMs?: number
  readonly continueOnError?: boolean
  readonly listFiles?: boolean
  readonly inputs?: readonly InputSpec[]
  readonly nodes?: readonly NodeSpec[]
  readonly outputs?: readonly OutputSpec[]
  readonly steps?: readonly StepSpec[]
  readonly slices?: readonly SliceSpec[]
  readonly meta?: readonly string[]
  readonly action?: ActionSpec
  readonly exprs?: readonly (readonly [string, ...Json[]])[]
  readonly pid?: {
    readonly proportional: number
    readonly integral: number
    readonly derivative: number
    readonly minRate: number
  }
  readonly updates?: readonly (readonly [number, number, number, number])[]
}

/** An error as the comparison reads it. */
export interface ErrorResult {
  readonly message: string
  readonly code?: string
}

/** What a case produced, in the form of its `expected`; or why it was not run. */
export interface Result {
  readonly skipped?: string
  readonly error?: ErrorResult
  readonly [field: string]: unknown
}

/** The cases of every vector file in a directory, in file order. A JSON file without `cases` is not a vector file. */
export function loadCases(directory: string): Case[] {
  if (!existsSync(directory)) throw new Error(`There is no directory ${directory}`)
  const files = readdirSync(directory).filter(name => name.endsWith('.json'))
  return files.sort().flatMap(name => {
    const content = JSON.parse(readFileSync(join(directory, name), 'utf8')) as { readonly cases?: readonly Case[] }
    return content.cases ?? []
  })
}

/** A required field of a case. */
export function field<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The case lacks the field ${name}`)
  return value
}

/** What was thrown, as the comparison reads it. */
export function errorOf(thrown: unknown): ErrorResult {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const code: unknown = 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? { message: thrown.message, code } : { message: thrown.message }
}
