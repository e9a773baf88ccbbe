import { TaskNotSerializableError, type AnyFunction, type Closure } from '../../closures/index.ts'
import type { OutputNode, StreamGraph } from '../dstream/graph.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import { reachable } from '../dstream/retention.ts'
import { captureDriverFunction } from './captured-driver.ts'
import { rddContent } from './rdd-content.ts'
import type { GraphContent, InputContent, OutputAction, StreamContent, StreamDetail } from './schema/index.ts'
import { streamKeys } from './stream-keys.ts'

/** Captures a driver function (see captured-driver.ts) for a checkpoint; undefined, and noted as a problem, when it cannot be. */
export type CaptureDriver = (f: AnyFunction, operator: string, site: string, subject?: object) => Closure | undefined

/**
 * The plan of all streams, for a checkpoint. A driver function that cannot be captured is no failure: the plan then cannot be run without the
 * program's own factory, and `problems` say why.
 *
 * @throws DStreamError DUPLICATE_UID
 */
export function describeGraph(graph: StreamGraph): {
  readonly content: GraphContent
  readonly problems: readonly string[]
} {
  const problems: string[] = []
  const captureDriver: CaptureDriver = (f, operator, site, subject) => {
    try {
      const closure = captureDriverFunction(f, operator, site, subject)
      if (closure.graph.entries.length <= mostEntries) return closure
      problems.push(
        `what ${operator} holds is too much for a checkpoint: ${closure.graph.entries.length} values (at ${site})`,
      )
      return undefined
    } catch (error) {
      problems.push(
        error instanceof TaskNotSerializableError ? error.message : `${operator} at ${site}: ${String(error)}`,
      )
      return undefined
    }
  }
  const nodes = streamsOf(graph)
  const keys = streamKeys(nodes, graph.settings)
  const inputs = graph.inputs.map((input): InputContent => {
    const source = input.describe(captureDriver)
    return { node: input.node.id, name: input.name, source }
  })
  const content: GraphContent = {
    batchMs: graph.batchMs,
    ...(graph.rememberMs === undefined ? {} : { rememberMs: graph.rememberMs }),
    inputs,
    nodes: nodes.map((node): StreamContent => {
      const { level, checkpointMs } = graph.settings.get(node.id) ?? {}
      return {
        ...{ id: node.id, ...keys.get(node.id)!, operator: node.operator, site: node.site, slideMs: node.slideMs },
        parents: node.parents.map(parent => parent.id),
        ...(level === undefined ? {} : { level: level.name }),
        ...(checkpointMs === undefined ? {} : { checkpointMs }),
        detail: detailOf(node, captureDriver),
      }
    }),
    outputs: graph.outputs.map(output => ({
      ...{ operator: output.operator, site: output.site, stream: output.parent.id },
      action: actionOf(output, captureDriver),
    })),
  }
  return { content, problems }
}

/** Every checkpoint is written with all of it, so a table that a function holds must not make each of them slow. */
const mostEntries = 10_000

/** Every stream that an output depends on, and every input: parents first. */
export const streamsOf = (graph: StreamGraph): StreamNode[] =>
  reachable([...graph.outputs.map(output => output.parent), ...graph.inputs.map(input => input.node)])

function detailOf(node: StreamNode, captureDriver: CaptureDriver): StreamDetail {
  switch (node.kind) {
    case 'input':
      return { kind: 'input', inputId: node.inputId }
    case 'transformed': {
      const { absent, operation } = node
      if (operation.kind === 'named') return { kind: 'transformed', operation, absent }
      const f = captureDriver(operation.f, node.operator, node.site)
      return { kind: 'transformed', operation: { kind: 'driver', ...(f && { f }) }, absent }
    }
    case 'window':
      return { kind: 'window', windowMs: node.windowMs }
    case 'reducedWindow': {
      const { windowMs, merge, subtract, filter, partitioner } = node
      return { kind: 'reducedWindow', windowMs, merge, subtract, ...(filter && { filter }), partitioner }
    }
    case 'state': {
      const { update, partitioner, initial, timeoutMs, movesKeys, form } = node
      const rest = {
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(movesKeys && { movesKeys }),
        ...(form && { form }),
      }
      return { kind: 'state', update, partitioner, ...(initial && { initial: rddContent(initial) }), ...rest }
    }
  }
}

function actionOf(output: OutputNode, captureDriver: CaptureDriver): OutputAction {
  if (output.action !== undefined) return output.action
  const f = captureDriver(output.f, output.operator, output.site)
  return { kind: 'driver', ...(f && { f }) }
}
