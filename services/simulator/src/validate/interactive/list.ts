import { checkText, type Params, refuseOtherKeys, requireText } from '../params.ts'
import { checkCount, checkLength, refuseRepeated, requireItems, requireLabel } from '../values.ts'

/** Checks a list of rows. */
export function checkList(action: Params, path: string): void {
  refuseOtherKeys(action, ['button', 'sections'], path)
  requireLabel(action, 'button', path, 'Button label', 20)
  const ids = checkSections(action, path, 'rows').flatMap(([section, sectionPath]) => checkRows(section, sectionPath))
  checkCount(ids.length, 'rows', 1, 10)
  refuseRepeated(ids, 'row id')
}

/** Checks the sections themselves: each of several needs a title. */
export function checkSections(action: Params, path: string, items: string): [section: Params, path: string][] {
  const sections = requireItems(action, 'sections', path, ['sections', 1, 10])
  for (const [section, sectionPath] of sections) {
    refuseOtherKeys(section, ['title', items], sectionPath)
    const title = checkText(section, 'title', sectionPath, {
      optional: sections.length === 1,
      empty: sections.length === 1
    })
    if (title) checkLength(title, 'Section title', 24)
  }
  return sections
}

function checkRows(section: Params, path: string): string[] {
  return requireItems(section, 'rows', path, ['rows', 1, 10]).map(([row, rowPath]) => {
    refuseOtherKeys(row, ['id', 'title', 'description'], rowPath)
    requireLabel(row, 'title', rowPath, 'Row title', 24)
    checkText(row, 'description', rowPath, { optional: true, empty: true, max: 72 })
    return requireText(row, 'id', rowPath, { max: 200 })
  })
}
