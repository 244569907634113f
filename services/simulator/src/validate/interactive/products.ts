import { checkText, type Params, pathTo, refuseOtherKeys, requireText } from '../params.ts'
import { checkCount, checkParams, requireItems, requireWord } from '../values.ts'
import { checkSections } from './list.ts'

const productsMax = 30

/** Checks one product; returns its catalogue. */
export function checkProduct(action: Params, path: string): string {
  refuseOtherKeys(action, ['catalog_id', 'product_retailer_id'], path)
  requireText(action, 'product_retailer_id', path)
  return requireText(action, 'catalog_id', path)
}

/** Checks some products of a catalogue, in sections. */
export function checkProductList(action: Params, path: string): void {
  refuseOtherKeys(action, ['catalog_id', 'sections'], path)
  requireText(action, 'catalog_id', path)
  checkProductSections(action, path)
}

/** Checks the sections alone, as templates have them, too. */
export function checkProductSections(action: Params, path: string): void {
  const counts = checkSections(action, path, 'product_items').map(([section, sectionPath]) => {
    const products = requireItems(section, 'product_items', sectionPath, ['products', 1, productsMax])
    for (const [product, productPath] of products) requireText(product, 'product_retailer_id', productPath)
    return products.length
  })
  checkCount(
    counts.reduce((sum, count) => sum + count, 0),
    'products',
    1,
    productsMax
  )
}

/** Checks a message that shows the whole catalogue. */
export function checkCatalogue(action: Params, path: string): void {
  requireWord(action, 'name', path, ['catalog_message'])
  refuseOtherKeys(action, ['name', 'parameters'], path)
  const parameters = checkParams(action, 'parameters', path)
  if (parameters === undefined) return
  checkText(parameters, 'thumbnail_product_retailer_id', pathTo(path, 'parameters'), { optional: true })
}
