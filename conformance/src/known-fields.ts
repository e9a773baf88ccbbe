import type { Case } from './cases.ts'
import { Unsupported } from './unsupported.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

const ofCase =
  words(`id theme kind expected quirk order tolerance batchMs numBatches batchesBeforeStop downBatches clockStartMs checkpoint rememberMs
  continueOnError listFiles inputs nodes outputs steps slices meta action exprs pid updates`)
const ofNode =
  words(`id op in fn invFn filterFn seqFn combFn combiner mapSideCombine numPartitions ascending windowMs slideMs
  intervalMs timeoutMs variant initial zero data slices start end step byTime rdd`)
const ofInput = words('id type partitions batches rdds oneAtATime default path newFilesOnly filterSuffix')
const ofOutput = words('of action label num prefix suffix order')
const ofStep = words(
  `at beforeBatch whileDown do push rdds path from to text mtime ctx batchMs input node output ms n of`,
)
const ofAction = words('action of fn seqFn combFn zero n key')

/**
 * A field that the runner does not read would be ignored, and the answer a guess.
 *
 * @throws Unsupported naming the field
 */
export function refuseUnknownFields(c: Case): void {
  const steps = c.steps ?? []
  check([c], ofCase, 'a case')
  check([...(c.nodes ?? []), ...steps.flatMap(step => step.node ?? [])], ofNode, 'a node')
  check([...(c.inputs ?? []), ...steps.flatMap(step => step.input ?? [])], ofInput, 'an input')
  check([...(c.outputs ?? []), ...steps.flatMap(step => step.output ?? [])], ofOutput, 'an output')
  check(
    (c.nodes ?? []).flatMap(node => node.rdd?.nodes ?? []),
    ofNode,
    'a node',
  )
  check(steps, ofStep, 'a step')
  check(c.action === undefined ? [] : [c.action], ofAction, 'an action')
}

function check(objects: readonly object[], known: ReadonlySet<string>, what: string): void {
  for (const object of objects) {
    const unknown = Object.keys(object).find(name => !known.has(name))
    if (unknown !== undefined) throw new Unsupported(`the runner knows no field ${unknown} of ${what}`)
  }
}
