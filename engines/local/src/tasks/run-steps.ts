import { errorToData, isPromiseLike, returnedPromise } from '@dstream/core/engine'
import type { EndShape } from '../stages/generate.ts'
import type { SkippedRecords } from '../workers/protocol.ts'
import { flat } from './cancellation.ts'
import type { Cancellation } from './cancellation.ts'
import { compilePipeline } from './compile.ts'
import type { Chunks, PipelineRun, TaskFn } from './compile.ts'
import { NotIterableError, OperatorError } from './task-error.ts'
import type { StepSpec, Terminal } from './task-spec.ts'

interface StepServices {
  readonly terminal: Terminal
  readonly functionOf: (number: number) => TaskFn
  readonly skipErrors: boolean
  readonly cancellation: Cancellation
  /** What the record policy has left out so far, by operator and site. */
  readonly skipped: Map<string, SkippedRecords>
}

/** Runs the fused loop of a pipeline over its input, into its end. An error of a user function comes out as an OperatorError. */
export function runSteps(
  steps: readonly StepSpec[],
  shape: EndShape,
  end: unknown,
  input: Chunks,
  services: StepServices,
): unknown {
  const pipeline = compilePipeline({ steps, end: shape, skipErrors: services.skipErrors })
  const at = (step: number): { operator: string; site: string } => steps[step] ?? terminalSite(services.terminal)
  const named = (error: unknown): never => {
    if (error instanceof OperatorError) throw error
    // A promise of an action's function that is rejected: all of its records have been pulled without an error.
    const other = shape === 'iterator' ? steps.length : 0
    const { operator, site } = at(pipeline.stepOf(error) ?? run.stepOf(error) ?? other)
    throw new OperatorError(error, operator, site)
  }
  const run = pipelineRun(steps, end, services, at)
  try {
    const result = pipeline.bind(run)(input)
    return result instanceof Promise ? result.catch(named) : result
  } catch (error) {
    return named(error)
  }
}

function terminalSite(terminal: Terminal): { operator: string; site: string } {
  if (terminal.kind === 'shuffle' || terminal.kind === 'run') return terminal
  return { operator: terminal.kind, site: '' }
}

/** What the generated code calls. */
function pipelineRun(
  steps: readonly StepSpec[],
  end: unknown,
  services: StepServices,
  at: (step: number) => { operator: string; site: string },
): PipelineRun & { readonly stepOf: (error: unknown) => number | undefined } {
  let thrown: { readonly error: unknown; readonly step: number } | undefined
  return {
    ...services.cancellation,
    f: steps.map(step => services.functionOf(step.f)),
    partitions: steps.map(step => step.partition),
    end,
    isPromise: isPromiseLike,
    refusePromise: step => {
      throw new OperatorError(returnedPromise(at(step).operator), at(step).operator, at(step).site)
    },
    iterable: (value, step) => {
      if (value !== null && value !== undefined && typeof (value as Iterable<unknown>)[Symbol.iterator] === 'function')
        return value as Iterable<unknown>
      if (isPromiseLike(value))
        throw new OperatorError(returnedPromise(at(step).operator), at(step).operator, at(step).site)
      throw new NotIterableError(value, at(step).operator, at(step).site)
    },
    records: chunks => flat(chunks, services.cancellation),
    gather: (value, step) => gather(value, at(step)),
    skip: (step, error) => count(services.skipped, at(step), error),
    // The innermost loop comes first, and knows best.
    threw: (step, error) => {
      if (thrown === undefined || thrown.error !== error) thrown = { error, step }
    },
    stepOf: error => (thrown !== undefined && thrown.error === error ? thrown.step : undefined),
  }
}

/** The records of a partition-wide function that may be asynchronous. */
async function gather(value: unknown, at: { operator: string; site: string }): Promise<readonly unknown[]> {
  const many = (await value) as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined
  if (Array.isArray(many)) return many as unknown[]
  if (typeof many?.[Symbol.asyncIterator] === 'function' || typeof many?.[Symbol.iterator] === 'function')
    return Array.fromAsync(many as AsyncIterable<unknown>)
  throw new NotIterableError(many, at.operator, at.site)
}

function count(skipped: Map<string, SkippedRecords>, at: { operator: string; site: string }, error: unknown): void {
  const key = `${at.operator}@${at.site}`
  const before = skipped.get(key)
  skipped.set(key, {
    operator: at.operator,
    count: (before?.count ?? 0) + 1,
    error: before?.error ?? errorToData(error),
  })
}
