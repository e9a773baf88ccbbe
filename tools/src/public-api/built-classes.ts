import { runNode } from '../check/run-program.ts'
import { breaches, verdict, type Outcome } from '../check/outcome.ts'

const program = `
const all = await import('dstream')
const classes = Object.entries(all).filter(([, value]) => typeof value === 'function' && /^class\\b/.test(value))
console.log(JSON.stringify(classes.map(([exported, { name }]) => [exported, name])))
`

/** What is built keeps the names of classes: they are in checkpoints, in texts, and in what users print. */
export async function builtClasses(): Promise<Outcome> {
  const { exitCode, stdout, output } = await runNode(['--input-type=module', '--eval', program])
  if (exitCode !== 0) return verdict(false, output)
  const names = JSON.parse(stdout) as [exported: string, name: string][]
  if (names.length === 0) return verdict(false, 'dstream/dist exports no class')
  const renamed = names.filter(([exported, name]) => exported !== name)
  return breaches(
    renamed.map(([exported, name]) => `${exported} is called ${name} in dstream/dist: see decisions/0007`),
  )
}
