const table = (text: string): ReadonlyMap<string, string> =>
  new Map(Array.from(text.matchAll(/(\w+)\s+(\w\w)\b/g), ([, name, code]) => [name!, code!]))

/** The 50 states and the capital's district; names without spaces. */
export const usStates = table(`alabama al alaska ak arizona az arkansas ar california ca colorado co connecticut ct
delaware de florida fl georgia ga hawaii hi idaho id illinois il indiana in iowa ia kansas ks kentucky ky louisiana la
maine me maryland md massachusetts ma michigan mi minnesota mn mississippi ms missouri mo montana mt nebraska ne
nevada nv newhampshire nh newjersey nj newmexico nm newyork ny northcarolina nc northdakota nd ohio oh oklahoma ok
oregon or pennsylvania pa rhodeisland ri southcarolina sc southdakota sd tennessee tn texas tx utah ut vermont vt
virginia va washington wa westvirginia wv wisconsin wi wyoming wy districtofcolumbia dc`)

/** Also territories of the United States, provinces and territories of Canada. */
export const northAmericanStates: ReadonlyMap<string, string> = new Map([
  ...usStates,
  ...table(`puertorico pr guam gu usvirginislands vi americansamoa as ontario on quebec qc britishcolumbia bc alberta ab
saskatchewan sk manitoba mb novascotia ns newbrunswick nb princeedwardisland pe newfoundlandandlabrador nl yukon yt
northwestterritories nt nunavut nu`),
])
