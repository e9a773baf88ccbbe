import fc from 'fast-check'
import { StorageLevel, type RDD } from '@dstream/core'
import type { TestContext } from '@dstream/core/engine-testing'
import { actions } from './actions.ts'
import { canonical } from './canonical.ts'
import { inPartitions, type Kind, type Model } from './model.ts'
import type { Operator } from './operator.ts'
import { operatorsOfPairs } from './operators-of-pairs.ts'
import { operatorsOfRecords } from './operators-of-records.ts'

const operators: Readonly<Record<string, Operator>> = { ...operatorsOfRecords, ...operatorsOfPairs }

export const operatorNames: readonly string[] = Object.keys(operators)
export const actionNames: readonly string[] = Object.keys(actions)

/** One dataset of a program: given, or made of those before it. */
interface Dataset {
  readonly code: string
  readonly model: Model
  readonly make: (context: TestContext, made: readonly RDD<unknown>[]) => RDD<unknown>
}

/** One action of a program, and what must come out. */
interface Run {
  readonly action: string
  readonly code: string
  readonly run: (made: readonly RDD<unknown>[]) => Promise<unknown>
  /** Undefined where the model promises nothing: then the engines need not agree. */
  readonly expected: string | undefined
}

/** A random program: datasets that are made of each other, some of them kept, and actions. */
export interface Program {
  readonly datasets: readonly Dataset[]
  readonly runs: readonly Run[]
  /** The names of the operators in it. */
  readonly operators: readonly string[]
}

interface Source {
  readonly kind: Kind
  readonly partitions: readonly (readonly unknown[])[]
}

/** What a step says before it is known what there is to apply it to. */
interface Step {
  readonly operator: string
  readonly parents: readonly [number, number]
  readonly n: number
  readonly level: number
}

interface ActionStep {
  readonly action: string
  readonly of: number
  readonly n: number
  readonly unpersist: boolean
}

const numbers = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -9, max: 9 }) },
  fc.constantFrom(Number.NaN, -0, 2 ** 40, 0.5),
)
const texts = fc.oneof(fc.constantFrom('', 'a', 'b', 'a b', 'ü€', '😀 x', '\n'), fc.string({ maxLength: 3 }))
/** Few keys, so that equal ones are common; equal by content. */
const keys = fc
  .constantFrom<readonly [unknown]>(
    ...(['a', 'b', '', 1, 0, -0, Number.NaN, null, undefined, true, 1n].map(key => [key]) as [unknown][]),
    ...([[1], [1, 'a'], { x: 1 }, new Date(0)].map(key => [key]) as [unknown][]),
  )
  .map(([key]) => key)
const records: Readonly<Record<Kind, fc.Arbitrary<unknown>>> = {
  number: numbers,
  text: texts,
  pair: fc.tuple(keys, fc.integer({ min: -9, max: 9 })),
  other: fc.oneof(keys, fc.tuple(keys, keys)),
}

const sources: fc.Arbitrary<Source> = fc
  .constantFrom<Kind>('number', 'text', 'pair', 'pair', 'other')
  .chain(kind =>
    fc.array(fc.array(records[kind], { maxLength: 5 }), { maxLength: 4 }).map(partitions => ({ kind, partitions })),
  )
const steps: fc.Arbitrary<Step> = fc.record({
  operator: fc.oneof(fc.constantFrom(...Object.keys(operatorsOfRecords)), {
    weight: 2,
    arbitrary: fc.constantFrom(...Object.keys(operatorsOfPairs)),
  }),
  parents: fc.tuple(fc.nat(9), fc.nat(9)),
  n: fc.nat(9),
  level: fc.nat(19),
})
const actionSteps: fc.Arbitrary<ActionStep> = fc.record({
  action: fc.constantFrom(...actionNames),
  of: fc.nat(9),
  n: fc.nat(9),
  unpersist: fc.boolean(),
})

/** Any program. A step that fits nothing that is there is left out. */
export const programs: fc.Arbitrary<Program> = fc
  .tuple(
    fc.array(sources, { minLength: 1, maxLength: 3 }),
    fc.array(steps, { maxLength: 14 }),
    fc.array(actionSteps, { minLength: 1, maxLength: 5 }),
  )
  .map(([given, then, last]) => programOf(given, then, last))

const levels = [
  StorageLevel.MEMORY_ONLY,
  StorageLevel.MEMORY_ONLY_SER,
  StorageLevel.MEMORY_AND_DISK,
  StorageLevel.DISK_ONLY,
  StorageLevel.OFF_HEAP,
]

function programOf(given: readonly Source[], then: readonly Step[], last: readonly ActionStep[]): Program {
  const datasets: Dataset[] = given.map(({ kind, partitions }) => ({
    code: `context.partitions(${canonical(partitions)})`,
    model: inPartitions(kind, partitions),
    make: context => context.partitions(partitions),
  }))
  const used: string[] = []
  for (const step of then) {
    const dataset = datasetOf(step, datasets)
    if (dataset === undefined) continue
    datasets.push(dataset)
    used.push(step.operator)
  }
  const runs = [...last.flatMap(step => runOf(step, datasets)), ...datasets.flatMap(checksOf)]
  return { datasets, runs, operators: used, [fc.toStringMethod]: () => textOf({ datasets, runs }) } as Program
}

/** What a step makes of the datasets there are: the latest of the right kind, or `parents` further back. */
function datasetOf({ operator: name, parents, n, level }: Step, datasets: readonly Dataset[]): Dataset | undefined {
  const operator = operators[name]!
  const chosen = operator.takes.map((kind, i) => {
    const fitting = [...datasets.keys()].filter(at => datasets[at]!.model.kind === kind)
    return fitting.at(-1 - (parents[i]! % Math.max(1, fitting.length)))
  })
  if (chosen.includes(undefined)) return undefined
  const at = chosen as number[]
  const model = operator.model(
    at.map(i => datasets[i]!.model),
    n,
  )
  if (model === undefined) return undefined
  const kept = levels[level]
  return {
    code: `${name}(${at.map(i => `r${i}`).join(', ')}; n = ${n})${kept ? `.persist(${kept.name})` : ''}`,
    model,
    make: (_, made) => {
      const rdd = operator.apply(at.map(i => made[i]!) as never, n)
      return kept === undefined ? rdd : rdd.persist(kept)
    },
  }
}

function runOf({ action: name, of, n, unpersist }: ActionStep, datasets: readonly Dataset[]): Run[] {
  const action = actions[name]!
  const fitting = [...datasets.keys()].filter(at => action.of.includes(datasets[at]!.model.kind))
  const at = fitting.at(-1 - (of % Math.max(1, fitting.length)))
  if (at === undefined) return []
  const expected = action.model(datasets[at]!.model, n)
  return [
    {
      action: name,
      code: `${name}(r${at}; n = ${n})${unpersist ? `, r${at}.unpersist()` : ''}`,
      run: async made => {
        const result = await action.run(made[at]!, n)
        if (unpersist) made[at]!.unpersist()
        return result
      },
      expected: expected === undefined ? undefined : canonical(expected),
    },
  ]
}

/** In the end every dataset is looked at: its records, their order and their partitions as far as they are promised. */
const checksOf = ({ model }: Dataset, at: number): Run[] =>
  ['collect in any order', ...(model.partitions ? ['collect the partitions'] : model.ordered ? ['collect'] : [])].map(
    name => ({
      action: name,
      code: '',
      run: made => actions[name]!.run(made[at]!, 0),
      expected: canonical(actions[name]!.model(model, 0)),
    }),
  )

function textOf({ datasets, runs }: Pick<Program, 'datasets' | 'runs'>): string {
  const lines = [
    ...datasets.map(({ code }, i) => `r${i} = ${code}`),
    ...runs.map(({ code }) => code).filter(code => code !== ''),
  ]
  return `\n  ${lines.join('\n  ')}\n  and every dataset is collected\n`
}

/** Runs a program; each result as text, an error as its code. */
export async function resultsOf({ datasets, runs }: Program, context: TestContext): Promise<string[]> {
  const first = context.parallelize([], 1).id
  const made: RDD<unknown>[] = []
  for (const { make } of datasets) made.push(make(context, made))
  const results: string[] = []
  for (const { run } of runs) {
    try {
      results.push(canonical(await run(made)))
    } catch (error) {
      const { code } = error as { code?: string }
      if (code !== 'EMPTY_COLLECTION') throw error
      results.push(canonical(`throws ${code}`))
    }
  }
  for (const rdd of made) rdd.unpersist()
  const last = context.parallelize([], 1).id
  context.engine.release(Array.from({ length: last - first }, (_, i) => first + i))
  return results
}
