import { compileFunction } from 'node:vm'
import { generate, shapeKey } from '../stages/generate.ts'
import type { PipelineShape } from '../stages/generate.ts'
import type { Cancellation } from './cancellation.ts'

type AnyFunction = (...args: never[]) => unknown
export type TaskFn = (...args: unknown[]) => unknown
export type Chunks = Iterable<readonly unknown[]>

/** What the generated code is given: the functions of this task and the few services it calls. */
export interface PipelineRun extends Cancellation {
  readonly f: readonly TaskFn[]
  /** The partition index that each step is told. */
  readonly partitions: readonly number[]
  readonly end: unknown
  readonly isPromise: (value: unknown) => boolean
  readonly refusePromise: (step: number) => never
  readonly iterable: (value: unknown, step: number) => Iterable<unknown>
  readonly records: (chunks: Chunks) => IterableIterator<unknown>
  readonly gather: (value: unknown, step: number) => Promise<readonly unknown[]>
  readonly skip: (step: number, error: unknown) => void
  /** Notes which step was called when something was thrown. */
  readonly threw: (step: number, error: unknown) => void
}

/** A pipeline's code, compiled once for each shape in each worker. */
export interface CompiledPipeline {
  /** Binds the code to one task's functions; the functions it returns share their optimised code. */
  readonly bind: (run: PipelineRun) => (chunks: Chunks) => unknown
  /** The step on whose line a user function threw, read from the stack; undefined where the stack does not say. */
  readonly stepOf: (error: unknown) => number | undefined
}

const compiled = new Map<string, CompiledPipeline>()

/** The code for a shape, from the cache where this worker has met it. */
export function compilePipeline(shape: PipelineShape): CompiledPipeline {
  const key = shapeKey(shape)
  let pipeline = compiled.get(key)
  if (pipeline === undefined) compiled.set(key, (pipeline = compile(shape, compiled.size)))
  return pipeline
}

function compile(shape: PipelineShape, number: number): CompiledPipeline {
  const { text, stepOfLine } = generate(shape)
  const filename = `dstream-pipeline-${number}.js`
  const frame = new RegExp(`${filename}:(\\d+)`)
  return {
    bind: compileFunction(text, ['run'], { filename }) as AnyFunction as CompiledPipeline['bind'],
    stepOf: error => {
      const line = error instanceof Error ? frame.exec(error.stack ?? '')?.[1] : undefined
      return line === undefined ? undefined : stepOfLine.get(Number(line))
    },
  }
}
