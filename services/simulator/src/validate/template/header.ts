import { checkProduct } from '../interactive/products.ts'
import { checkLocation } from '../location.ts'
import { checkMedium } from '../medium.ts'
import { type Known, type Params, pathTo, refuseOtherKeys, requireParams, requireText } from '../params.ts'
import { checkParameters } from './parameters.ts'

/** Checks what stands above a template's body: one text, file, place or product. */
export function checkHeader(component: Params, path: string, known: Known): void {
  refuseOtherKeys(component, ['type', 'parameters'], path)
  checkParameters(component, path, [1, 1], {
    text: (parameter, at) => void requireText(parameter, 'text', at, { max: 60 }),
    image: (parameter, at) => checkMedium(parameter, 'image', at, [], known),
    video: (parameter, at) => checkMedium(parameter, 'video', at, [], known),
    document: (parameter, at) => checkMedium(parameter, 'document', at, ['filename'], known),
    location: checkLocation,
    product: (parameter, at) => void checkProduct(requireParams(parameter, 'product', at), pathTo(at, 'product'))
  })
}
