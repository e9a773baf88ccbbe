import { join } from 'node:path'
import { apiReference } from '../api-reference/api-reference.ts'
import { docExamples } from '../doc-examples/doc-examples.ts'
import { docLinks } from '../doc-examples/links.ts'
import { houseRules } from '../layers/house-rules.ts'
import { layers } from '../layers/layers.ts'
import { builtCaptures } from '../public-api/built-captures.ts'
import { builtClasses } from '../public-api/built-classes.ts'
import { publicApi } from '../public-api/public-api.ts'
import { conformance, mutations } from './conformance.ts'
import { examples } from './examples.ts'
import { verdict, type Outcome } from './outcome.ts'
import { brokenGuards, simulation, simulationAtLength } from './simulation.ts'
import { runNode } from './run-program.ts'
import { scenarioTests, unitPropertiesAtLength, unitTests } from './unit-tests.ts'

export interface Step {
  readonly name: string
  readonly run: () => Outcome | Promise<Outcome>
}

/** A tier starts when the one before has passed; the steps of a tier run side by side, at most `atOnce` of them. */
export interface Tier {
  readonly name: string
  readonly atOnce: number
  readonly steps: readonly Step[]
}

const bin = (path: string) => join('node_modules', path)

/** A step that is the exit code of a tool. */
const tool = (name: string, ...args: readonly string[]): Step => ({
  name,
  run: async () => {
    const { exitCode, output } = await runNode(args)
    return verdict(exitCode === 0, output)
  },
})

/** Fastest first. */
export const tiers: readonly Tier[] = [
  {
    name: 'as written',
    atOnce: 2,
    steps: [
      { name: 'layers', run: layers },
      { name: 'house rules', run: houseRules },
      { name: 'links', run: docLinks },
      tool(
        'format',
        bin('prettier/bin/prettier.cjs'),
        '--check',
        '--log-level=warn',
        '--cache',
        '--cache-location=.cache/prettier',
        '.',
      ),
      tool('types', bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'),
      tool('lint', bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', '.'),
      tool('unused code', bin('knip/bin/knip.js'), '--no-progress'),
    ],
  },
  {
    name: 'as built',
    atOnce: 1,
    steps: [
      tool('build', 'tools/build.mjs'),
      { name: 'built classes', run: builtClasses },
      { name: 'built captures', run: builtCaptures },
      { name: 'public API', run: () => publicApi() },
      { name: 'API reference', run: () => apiReference() },
    ],
  },
  { name: 'in parts', atOnce: 1, steps: [{ name: 'unit tests', run: unitTests }] },
  {
    name: 'as a whole',
    atOnce: 1,
    steps: [
      { name: 'documentation', run: docExamples },
      { name: 'conformance', run: conformance },
      { name: 'mutations', run: mutations },
      { name: 'simulation', run: simulation },
      { name: 'broken guards', run: brokenGuards },
      { name: 'examples', run: examples },
      { name: 'scenarios', run: scenarioTests },
    ],
  },
]

/** Random programs on both engines, many more than `npm test` has time for. */
async function propertiesAtLength(): Promise<Outcome> {
  const { exitCode, output } = await runNode(['--conditions=source', '--test', 'scenarios/src/properties/*.test.ts'], {
    env: { DSTREAM_PROPERTY_TIMES: '50' },
    limitMs: 3_600_000,
  })
  return verdict(exitCode === 0, output)
}

/** Kills around the commits of a real PostgreSQL. */
async function postgresAtLength(): Promise<Outcome> {
  const { exitCode, output } = await runNode(['--conditions=source', '--test', 'scenarios/src/postgres/*.test.ts'], {
    env: { DSTREAM_POSTGRES_TIMES: '20' },
    limitMs: 3_600_000,
  })
  return verdict(exitCode === 0, output)
}

/** Soaks and kills, each at its full length. */
async function scenariosAtLength(): Promise<Outcome> {
  const { exitCode, output } = await runNode(['--conditions=source', 'scenarios/src/main.ts'], {
    limitMs: 4 * 3_600_000,
  })
  return verdict(exitCode === 0, output)
}

/** What takes hours; a place to hook them in as they are written. */
export const fullTiers: readonly Tier[] = [
  {
    name: 'for hours',
    atOnce: 1,
    steps: [
      { name: 'unit properties, 30 new seeds', run: () => unitPropertiesAtLength(30) },
      { name: 'properties, 50 times as often', run: propertiesAtLength },
      { name: 'PostgreSQL, 20 times as often', run: postgresAtLength },
      { name: 'scenarios at length', run: scenariosAtLength },
      { name: 'simulation, 100,000 seeds', run: simulationAtLength },
    ],
  },
]
