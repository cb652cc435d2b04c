type Given = Readonly<Record<string, unknown>>

/** An item with GA4's or Segment's names → ours; a bare value is its ID. The levels of GA4's categories become one text. */
export function itemOf(item: Given): Given {
  if (Object(item) !== item) return { id: item }
  const { item_id, product_id, sku, id = item_id ?? product_id ?? sku, item_name, name = item_name, ...more } = item
  const { item_category, item_category2, item_category3, item_category4, item_category5, ...rest } = more
  const levels = [item_category, item_category2, item_category3, item_category4, item_category5].filter(Boolean)
  const { category = levels.join(' > ') || undefined, item_brand, brand = item_brand, ...others } = rest
  return { ...others, id, name, category, brand }
}
