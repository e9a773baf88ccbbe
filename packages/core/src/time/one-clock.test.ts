import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameOf, sourcesIn, stringOf, visitAll } from '../../../../tools/src/source-scan.ts'
import type { AnyNode, Source } from '../../../../tools/src/source-scan.ts'

/** Where time or chance is used outside of time/, and why that is right. Keep it short. */
const allowed: Readonly<Record<string, string>> = {
  'packages/core/src/closures/per-worker.ts setTimeout':
    'the idle timer runs on workers, in the data plane: there is no clock',
  'packages/core/src/closures/per-worker.ts performance.now':
    'the idle timer runs on workers, in the data plane: there is no clock',
  'packages/core/src/context/kept-data.ts setImmediate':
    'releases are gathered until the next turn of the event loop: no time is measured',
  'packages/core/src/engine/testing/reference-engine.ts setImmediate':
    'results come on a later turn, as from a real engine: no time is measured',
}

const bannedGlobals = new Set(['setTimeout', 'setInterval', 'setImmediate'])
const bannedMembers = new Set(['Date.now', 'performance.now', 'Math.random'])
const bannedModules = new Set(['node:timers', 'node:timers/promises', 'timers', 'timers/promises'])

/** What a node uses of what is banned, or undefined. */
function bannedUse(node: AnyNode, parent: AnyNode | undefined): string | undefined {
  if (node.type === 'MemberExpression') {
    const member = `${nameOf(node['object'])}.${nameOf(node['property'])}`
    return bannedMembers.has(member) ? member : undefined
  }
  if (node.type === 'NewExpression' && nameOf(node['callee']) === 'Date') {
    return (node['arguments'] as unknown[]).length === 0 ? 'new Date()' : undefined
  }
  if (node.type === 'ImportDeclaration') {
    const from = stringOf(node['source'])
    return from !== undefined && bannedModules.has(from) ? from : undefined
  }
  const name = nameOf(node)
  if (name === undefined || !bannedGlobals.has(name)) return undefined
  const isKey =
    parent !== undefined && (parent['key'] === node || (parent['property'] === node && parent['computed'] !== true))
  return isKey ? undefined : name
}

function usesIn(source: Source): { key: string; line: number }[] {
  const uses: { key: string; line: number }[] = []
  visitAll(source.program, (node, parent) => {
    const use = bannedUse(node, parent)
    if (use !== undefined) uses.push({ key: `${source.path} ${use}`, line: source.lineOf(node) })
  })
  return uses
}

test('the scan sees every use of time and chance in time/ itself', () => {
  const seen = new Set(sourcesIn(['packages/core/src/time']).flatMap(usesIn).map(use => use.key.split(' ')[1])) // prettier-ignore
  assert.deepEqual([...seen].sort(), ['Date.now', 'performance.now', 'setImmediate', 'setTimeout'])
})

test('outside of time/ the core takes its time from an injected Clock, and nothing from chance', () => {
  const outside = sourcesIn(['packages/core/src']).filter(source => !source.path.startsWith('packages/core/src/time/'))
  const uses = outside.flatMap(usesIn).filter(use => !(use.key in allowed))
  const said = uses.map(use => `  ${use.key} (line ${use.line})`).join('\n')
  assert.ok(
    said === '',
    `Inject a Clock from time/ instead (or, in the data plane, add a line with the reason to \`allowed\` in this test):\n${said}\n`,
  )
})
