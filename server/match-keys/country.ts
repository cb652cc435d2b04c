import { sha256 } from './digest.ts'

/** ISO 3166-1: alpha-3, alpha-2. Kosovo's user-assigned codes are in wide use. */
const alpha3 = `afg af ala ax alb al dza dz asm as and ad ago ao aia ai ata aq atg ag arg ar arm am abw aw aus au aut at
aze az bhs bs bhr bh bgd bd brb bb blr by bel be blz bz ben bj bmu bm btn bt bol bo bes bq bih ba bwa bw bvt bv bra br
iot io brn bn bgr bg bfa bf bdi bi cpv cv khm kh cmr cm can ca cym ky caf cf tcd td chl cl chn cn cxr cx cck cc col co
com km cog cg cod cd cok ck cri cr civ ci hrv hr cub cu cuw cw cyp cy cze cz dnk dk dji dj dma dm dom do ecu ec egy eg
slv sv gnq gq eri er est ee swz sz eth et flk fk fro fo fji fj fin fi fra fr guf gf pyf pf atf tf gab ga gmb gm geo ge
deu de gha gh gib gi grc gr grl gl grd gd glp gp gum gu gtm gt ggy gg gin gn gnb gw guy gy hti ht hmd hm vat va hnd hn
hkg hk hun hu isl is ind in idn id irn ir irq iq irl ie imn im isr il ita it jam jm jpn jp jey je jor jo kaz kz ken ke
kir ki prk kp kor kr kwt kw kgz kg lao la lva lv lbn lb lso ls lbr lr lby ly lie li ltu lt lux lu mac mo mdg mg mwi mw
mys my mdv mv mli ml mlt mt mhl mh mtq mq mrt mr mus mu myt yt mex mx fsm fm mda md mco mc mng mn mne me msr ms mar ma
moz mz mmr mm nam na nru nr npl np nld nl ncl nc nzl nz nic ni ner ne nga ng niu nu nfk nf mkd mk mnp mp nor no omn om
pak pk plw pw pse ps pan pa png pg pry py per pe phl ph pcn pn pol pl prt pt pri pr qat qa reu re rou ro rus ru rwa rw
blm bl shn sh kna kn lca lc maf mf spm pm vct vc wsm ws smr sm stp st sau sa sen sn srb rs syc sc sle sl sgp sg sxm sx
svk sk svn si slb sb som so zaf za sgs gs ssd ss esp es lka lk sdn sd sur sr sjm sj swe se che ch syr sy twn tw tjk tj
tza tz tha th tls tl tgo tg tkl tk ton to tto tt tun tn tur tr tkm tm tca tc tuv tv uga ug ukr ua are ae gbr gb usa us
umi um ury uy uzb uz vut vu ven ve vnm vn vgb vg vir vi wlf wf esh eh yem ye zmb zm zwe zw xkx xk`

/** Names people write that are not the runtime's English ones; letters only. */
const aliases = `unitedstatesofamerica us america us uk gb greatbritain gb britain gb england gb scotland gb wales gb
northernireland gb uae ae emirates ae korea kr republicofkorea kr russianfederation ru holland nl thenetherlands nl
turkey tr czechrepublic cz slovakrepublic sk ivorycoast ci burma mm macau mo hongkong hk macedonia mk swaziland sz
capeverde cv easttimor tl vatican va holysee va palestine ps stateofpalestine ps bosnia ba congo cg
republicofthecongo cg drc cd drcongo cd democraticrepublicofthecongo cd congodemocraticrepublic cd thebahamas bs
thegambia gm thephilippines ph laopdr la peoplesrepublicofchina cn mainlandchina cn republicofchina tw
republicofireland ie syrianarabrepublic sy islamicrepublicofiran ir tanzaniaunitedrepublicof tz
unitedrepublicoftanzania tz republicofmoldova md bruneidarussalam bn plurinationalstateofbolivia bo
bolivarianrepublicofvenezuela ve federatedstatesofmicronesia fm virginislandsus vi virginislandsbritish vg
republicofserbia rs czech cz`

const pairs = (table: string): [string, string][] =>
  Array.from(table.matchAll(/(\w+)\s+(\w\w)\b/g), ([, name, code]) => [name!, code!])

/** Letters a to z alone: accents, spaces and punctuation of a name say nothing about which country it is. */
const letters = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '')

/** Both spellings of `&` and of `Saint`, since people write either. */
const spellings = (name: string): string[] =>
  [
    name,
    name.replace('&', 'and'),
    name.replace(/\bSt\./g, 'Saint'),
    name.replace('&', 'and').replace(/\bSt\./g, 'Saint'),
  ].map(letters)

const codes = pairs(alpha3).map(([, code]) => code)
const byName = new Map<string, string>()
for (const style of ['long', 'short'] as const) {
  const names = new Intl.DisplayNames('en', { type: 'region', style, fallback: 'none' })
  for (const code of codes)
    for (const name of spellings(names.of(code.toUpperCase()) ?? '')) if (name.length > 2) byName.set(name, code)
}
for (const [name, code] of [...pairs(alpha3), ...pairs(aliases)]) byName.set(name, code)

/** Name, alpha-3 or alpha-2 in any spelling → ISO 3166-1 alpha-2, lower case; undefined when unknown. */
export function countryCode(text: string): string | undefined {
  if (/^[a-z]{2}$/i.test(text)) return text.toLowerCase() === 'uk' ? 'gb' : text.toLowerCase()
  const name = letters(text)
  if (name === 'uk') return 'gb'
  // ISO's own lists write `Korea, Republic of`.
  return name.length === 2 ? name : (byName.get(name) ?? byName.get(letters(text.replace(/^(.*?),(.*)$/s, '$2$1'))))
}

const byDigest = new Map(codes.map((code) => [sha256(code), code]))

/** The country behind a digest of its code: there are only so many. */
export const countryOfDigest = (digest: string): string | undefined => byDigest.get(digest.toLowerCase())
