import { currency, itemsOf, totalOf } from './catalog.ts'
import type { Line, Product } from './catalog.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import type { Order } from './orders.ts'

const money = (value: number): string => new Intl.NumberFormat('en', { style: 'currency', currency }).format(value)

/** A cup of that tea. */
const picture = ({ colour }: Product): Html =>
  html`<svg class="cup" viewBox="0 0 120 90" aria-hidden="true">
    <rect width="120" height="90" fill="${colour}" opacity="0.16" />
    <path d="M32 34h48v14a24 22 0 0 1-48 0z" fill="#fff" />
    <path d="M80 38h6a8 8 0 0 1 0 16h-8" fill="none" stroke="#fff" stroke-width="4" />
    <ellipse cx="56" cy="35" rx="24" ry="5" fill="${colour}" />
    <path
      d="M48 24q-4-5 0-10m8 10q-4-5 0-10m8 10q-4-5 0-10"
      fill="none"
      stroke="${colour}"
      stroke-width="2"
      opacity="0.6"
    />
    <rect x="26" y="72" width="60" height="4" rx="2" fill="${colour}" opacity="0.5" />
  </svg>`

/** What an event says of some lines. */
export const factsOf = (lines: readonly Line[]) => ({ value: totalOf(lines), currency, items: itemsOf(lines) })

const grid = (found: readonly Product[]): Html =>
  html`<ul class="grid">
    ${found.map(
      (product) =>
        html`<li>
          <a href="/product/${product.id}"
            >${picture(product)}<span>${product.name}</span><b>${money(product.price)}</b></a
          >
        </li>`,
    )}
  </ul>`

/** @param adLink the home page as an ad would open it */
export const homeView = (found: readonly Product[], adLink: string, liveUrl: string | undefined): Html =>
  html` <aside>
      <b>Try it:</b> <a href="${adLink}">come in as if from an ad</a> with a click ID of each platform, then buy
      something ${liveUrl && html`and watch <a href="${liveUrl}" target="pairpixel-live">the dashboard</a>`}.
    </aside>
    <h1>Tea, dried slowly.</h1>
    ${grid(found)}`

export const searchView = (query: string, found: readonly Product[]): Html =>
  html` <h1>${query ? html`Results for “${query}”` : 'Search'}</h1>
    ${found.length ? grid(found) : html`<p>No tea of ours has that. Try “mint”.</p>`}`

export function productView(product: Product): Html {
  const props = JSON.stringify(factsOf([{ product, quantity: 1 }]))
  return html`<article class="product">
    ${picture(product)}
    <div>
      <small>${product.category}</small>
      <h1>${product.name}</h1>
      <p>${product.text}</p>
      <p class="price">${money(product.price)}</p>
      <form action="/cart" method="post">
        <input type="hidden" name="add" value="${product.id}" />
        <button data-track="add_to_cart" data-props="${props}">Add to cart</button>
        <button type="button" class="quiet" data-track="add_to_wishlist" data-props="${props}" data-done="On your list">
          Keep for later
        </button>
      </form>
    </div>
  </article>`
}

const linesTable = (lines: readonly Line[]): Html =>
  html`<table>
    ${lines.map(
      ({ product, quantity }) =>
        html`<tr>
          <th scope="row">${product.name}</th>
          <td>${quantity} ×</td>
          <td>${money(product.price)}</td>
        </tr>`,
    )}
    <tr class="total">
      <th scope="row">Total</th>
      <td></td>
      <td>${money(totalOf(lines))}</td>
    </tr>
  </table>`

export const cartView = (lines: readonly Line[]): Html =>
  html`<h1>Your cart</h1>
    ${
      lines.length
        ? html`${linesTable(lines)}
            <form action="/cart" method="post">
              <a class="button" href="/checkout">Check out</a>
              <button class="quiet" name="empty" value="1">Empty it</button>
            </form>`
        : html`<p>Nothing in it yet. <a href="/">Look at the teas</a>.</p>`
    }`

const field = (name: string, label: string, autocomplete: string, value: string, type = 'text'): Html =>
  html`<label
    >${label}<input
      name="${name}"
      type="${type}"
      value="${value}"
      autocomplete="${autocomplete}"
      maxlength="100"
      required
  /></label>`

/** Filled in already, so that a demo order takes one press. */
export const checkoutView = (lines: readonly Line[]): Html =>
  html`<h1>Check out</h1>
    ${linesTable(lines)}
    <form class="fields" action="/checkout" method="post">
      ${field('email', 'E-mail', 'email', 'ada@shop.example', 'email')}
      ${field('first_name', 'First name', 'given-name', 'Ada')}
      ${field('last_name', 'Last name', 'family-name', 'Example')} ${field('city', 'City', 'address-level2', 'Dublin')}
      ${field('zip', 'Postal code', 'postal-code', 'D02 X285')}
      ${field('country', 'Country (two letters)', 'country', 'IE')}
      <button>Place the order</button>
    </form>`

/** @param canSend whether the shop's back end has a key for the collector */
export const thanksView = ({ number, lines, buyer }: Order, canSend: boolean): Html =>
  html` <h1>Thank you, ${buyer.first_name}.</h1>
    <p>Your order is <code>${number}</code>: its number is the ID that pixel and back end share.</p>
    ${linesTable(lines)}
    ${
      canSend &&
      html`<form action="/orders/${number}/backend-copy" method="post">
        <button>Send the back-end copy too</button>
        <p class="hint">
          The same purchase, told by the shop’s server. It joins the browser’s copy and is not counted twice.
        </p>
      </form>`
    }`

export const backendCopyView = (number: string, status: number, answer: string): Html =>
  html` <h1>The collector answered ${status}</h1>
    <pre>${answer}</pre>
    <p><a href="/thanks/${number}">Back to the order</a></p>`

export const newsletterView = (email?: string): Html =>
  email === undefined
    ? html`<h1>Newsletter</h1>
        <p>One letter a season: what was picked, and what it is like.</p>
        <form class="fields" action="/newsletter" method="post">
          ${field('email', 'E-mail', 'email', 'ada@shop.example', 'email')}
          <button>Sign up</button>
        </form>`
    : html`<h1>Welcome.</h1>
        <p>The next letter goes to ${email}.</p>`

export const missingView = (what: string): Html =>
  html`<h1>Not here</h1>
    <p>${what} <a href="/">Look at the teas</a>.</p>`
