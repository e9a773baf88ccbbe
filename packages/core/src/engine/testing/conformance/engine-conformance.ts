import fs from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Engine } from '../../engine.ts'
import { TestContext } from '../test-context.ts'
import { actionFacts } from './actions.ts'
import { failureFacts } from './failures.ts'
import { keepingFacts } from './keeping.ts'
import { keptOnceFacts } from './kept-once.ts'
import { lifeFacts } from './life.ts'
import { longRunningFacts } from './long-running.ts'
import { planFacts } from './plans.ts'
import { accumulatorFacts, broadcastFacts } from './shared-variables.ts'
import { shuffleFacts } from './shuffles.ts'
import { stateFacts } from './states.ts'
import { makeDirectory, type Bench, type Facts, type MakeEngine } from './suite.ts'

const topics: Readonly<Record<string, Facts>> = {
  plans: planFacts,
  shuffles: shuffleFacts,
  actions: actionFacts,
  'keyed state': stateFacts,
  failures: failureFacts,
  keeping: keepingFacts,
  'kept once': keptOnceFacts,
  broadcast: broadcastFacts,
  accumulators: accumulatorFacts,
  life: lifeFacts,
  'long-running tasks': longRunningFacts,
}

/**
 * What every engine must do: the same facts for all, written once. `skips` names the tests that an engine cannot pass and says why.
 *
 * @example
 * engineConformance('one thread', ({ threads, maxFailures }) => new ReferenceEngine({ parallelism: threads, maxFailures }))
 */
export function engineConformance(
  name: string,
  makeEngine: MakeEngine,
  skips: Readonly<Record<string, string>> = {},
): void {
  const known = new Set(Object.values(topics).flatMap(facts => Object.keys(facts)))
  for (const skipped of Object.keys(skips)) if (!known.has(skipped)) throw new Error(`No such test: ${skipped}`)
  describe(`engine conformance: ${name}`, () => {
    const shared = new SharedBench(makeEngine)
    before(() => shared.start())
    after(() => shared.stop())
    for (const [topic, facts] of Object.entries(topics)) {
      describe(topic, () => {
        for (const [fact, check] of Object.entries(facts)) {
          test(fact, { timeout: 60_000, skip: skips[fact] ?? false }, async context => {
            context.after(() => shared.closeFresh())
            await check(shared)
          })
        }
      })
    }
  })
}

class SharedBench implements Bench {
  readonly #makeEngine: MakeEngine
  readonly #directory = makeDirectory()
  readonly #fresh: Engine[] = []
  #context: TestContext | undefined
  #files = 0

  constructor(makeEngine: MakeEngine) {
    this.#makeEngine = makeEngine
  }

  get context(): TestContext {
    return this.#context!
  }

  async start(): Promise<void> {
    this.#context = new TestContext(await this.#makeEngine({ threads: 2, maxFailures: 1 }))
  }

  async stop(): Promise<void> {
    await this.#context?.engine.close()
    fs.rmSync(this.#directory, { recursive: true, force: true })
  }

  readonly fresh = async ({ threads = 2, maxFailures = 1 } = {}): Promise<TestContext> => {
    const engine = await this.#makeEngine({ threads, maxFailures })
    this.#fresh.push(engine)
    return new TestContext(engine)
  }

  async closeFresh(): Promise<void> {
    await Promise.all(this.#fresh.splice(0).map(engine => engine.close()))
  }

  readonly file = (): string => path.join(this.#directory, String(this.#files++))
}
