/** What the demo shop sells; prices in its one currency. */
export interface Product {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly price: number
  readonly text: string
  /** Colour of the tea, for its picture. */
  readonly colour: string
}

export const currency = 'EUR'

export const products: readonly Product[] = [
  {
    id: 'mint',
    name: 'Garden mint',
    category: 'Herbal',
    price: 8.5,
    colour: '#5a9a6e',
    text: 'Whole leaves, cool and bright. Cut in June, dried slowly.',
  },
  {
    id: 'oolong',
    name: 'Mountain oolong',
    category: 'Oolong',
    price: 17,
    colour: '#c08a3e',
    text: 'Half-rolled leaves that open over five infusions. Orchid and warm bread.',
  },
  {
    id: 'smoky',
    name: 'Pine smoke',
    category: 'Black',
    price: 12,
    colour: '#7a4a35',
    text: 'Dried over pine fire. For cold mornings and patient people.',
  },
  {
    id: 'hibiscus',
    name: 'Red hibiscus',
    category: 'Herbal',
    price: 9.25,
    colour: '#b8405a',
    text: 'Sharp, deep red, good over ice. Nothing but petals.',
  },
  {
    id: 'sencha',
    name: 'First sencha',
    category: 'Green',
    price: 21.5,
    colour: '#8aa83f',
    text: 'The spring’s first picking. Grass, sea air, a little sweetness.',
  },
  {
    id: 'chai',
    name: 'Evening chai',
    category: 'Black',
    price: 11.75,
    colour: '#a8693a',
    text: 'Ginger, cardamom, black pepper. Ask it to simmer.',
  },
]

export const findProduct = (id: string): Product | undefined => products.find((product) => product.id === id)

/** Name, category or description has the words, in any case. */
export const searchProducts = (query: string): readonly Product[] => {
  const wanted = query.trim().toLowerCase()
  return products.filter(({ name, category, text }) => `${name} ${category} ${text}`.toLowerCase().includes(wanted))
}

export interface Line {
  readonly product: Product
  readonly quantity: number
}

/** Product IDs, repeated as often as they were put in → lines in order of first appearance. */
export function cartLines(ids: readonly string[]): readonly Line[] {
  return [...new Set(ids)].flatMap((id) => {
    const product = findProduct(id)
    return product ? [{ product, quantity: ids.filter((other) => other === id).length }] : []
  })
}

/** In cents inside, so that no fraction of one appears. */
export const totalOf = (lines: readonly Line[]): number =>
  lines.reduce((cents, { product, quantity }) => cents + Math.round(product.price * 100) * quantity, 0) / 100

/** Lines as an event names them. */
export const itemsOf = (lines: readonly Line[]) =>
  lines.map(({ product: { id, name, category, price }, quantity }) => ({ id, name, category, quantity, price }))
