___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Pairpixel",
  "categories": [
    "CONVERSIONS",
    "ADVERTISING",
    "ATTRIBUTION"
  ],
  "brand": {
    "id": "brand_dummy",
    "displayName": "Pairpixel"
  },
  "description": "Pairs every conversion with Meta, Reddit and Snapchat through your own first-party collector.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "RADIO",
    "name": "tagType",
    "displayName": "Tag type",
    "radioItems": [
      {
        "value": "setup",
        "displayValue": "Setup: loads the pixel"
      },
      {
        "value": "event",
        "displayValue": "Event: tells of one"
      }
    ],
    "simpleValueType": true,
    "defaultValue": "setup"
  },
  {
    "type": "GROUP",
    "name": "setup",
    "displayName": "Setup",
    "groupStyle": "NO_ZIPPY",
    "enablingConditions": [
      {
        "paramName": "tagType",
        "paramValue": "setup",
        "type": "EQUALS"
      }
    ],
    "subParams": [
      {
        "type": "TEXT",
        "name": "scriptUrl",
        "displayName": "Address of the pixel",
        "simpleValueType": true,
        "help": "As your collector serves it, such as https://www.example.com/_p/p.js",
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          },
          {
            "type": "REGEX",
            "args": [
              "https://.+"
            ]
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "siteKey",
        "displayName": "Site key",
        "simpleValueType": true,
        "help": "Only where one collector serves several sites."
      },
      {
        "type": "SELECT",
        "name": "consent",
        "displayName": "Consent",
        "macrosInSelect": false,
        "selectItems": [
          {
            "value": "none",
            "displayValue": "Load at once"
          },
          {
            "value": "google",
            "displayValue": "Load when Google consent mode grants ad_storage and ad_user_data"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "google"
      },
      {
        "type": "CHECKBOX",
        "name": "pageViews",
        "checkboxText": "Tell of page views automatically",
        "simpleValueType": true,
        "defaultValue": true
      },
      {
        "type": "CHECKBOX",
        "name": "firePageView",
        "checkboxText": "Page views fire the platforms' pixels too",
        "simpleValueType": true,
        "defaultValue": false,
        "help": "Only where no other tag fires them."
      },
      {
        "type": "CHECKBOX",
        "name": "othersFire",
        "checkboxText": "Other tags fire the platforms' pixels: only tell the collector",
        "simpleValueType": true,
        "defaultValue": false,
        "help": "Each event, page views too, then needs an Event tag, and the variable Pairpixel event ID in that tag and in the platform's. Not needed where pairing does this (the usual setting of a collector)."
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "event",
    "displayName": "Event",
    "groupStyle": "NO_ZIPPY",
    "enablingConditions": [
      {
        "paramName": "tagType",
        "paramValue": "event",
        "type": "EQUALS"
      }
    ],
    "subParams": [
      {
        "type": "SELECT",
        "name": "nameType",
        "displayName": "Name",
        "macrosInSelect": false,
        "selectItems": [
          {
            "value": "inherit",
            "displayValue": "That of the data layer's event"
          },
          {
            "value": "standard",
            "displayValue": "Standard"
          },
          {
            "value": "custom",
            "displayValue": "Custom"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "inherit"
      },
      {
        "type": "SELECT",
        "name": "standardName",
        "displayName": "Standard name",
        "macrosInSelect": false,
        "selectItems": [
          {
            "value": "page_view",
            "displayValue": "page_view"
          },
          {
            "value": "view_item",
            "displayValue": "view_item"
          },
          {
            "value": "view_item_list",
            "displayValue": "view_item_list"
          },
          {
            "value": "search",
            "displayValue": "search"
          },
          {
            "value": "add_to_cart",
            "displayValue": "add_to_cart"
          },
          {
            "value": "add_to_wishlist",
            "displayValue": "add_to_wishlist"
          },
          {
            "value": "begin_checkout",
            "displayValue": "begin_checkout"
          },
          {
            "value": "add_payment_info",
            "displayValue": "add_payment_info"
          },
          {
            "value": "purchase",
            "displayValue": "purchase"
          },
          {
            "value": "sign_up",
            "displayValue": "sign_up"
          },
          {
            "value": "generate_lead",
            "displayValue": "generate_lead"
          },
          {
            "value": "login",
            "displayValue": "login"
          },
          {
            "value": "share",
            "displayValue": "share"
          },
          {
            "value": "subscribe",
            "displayValue": "subscribe"
          },
          {
            "value": "start_trial",
            "displayValue": "start_trial"
          },
          {
            "value": "contact",
            "displayValue": "contact"
          },
          {
            "value": "schedule",
            "displayValue": "schedule"
          },
          {
            "value": "find_location",
            "displayValue": "find_location"
          },
          {
            "value": "submit_application",
            "displayValue": "submit_application"
          },
          {
            "value": "customize_product",
            "displayValue": "customize_product"
          },
          {
            "value": "donate",
            "displayValue": "donate"
          },
          {
            "value": "complete_tutorial",
            "displayValue": "complete_tutorial"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "purchase",
        "enablingConditions": [
          {
            "paramName": "nameType",
            "paramValue": "standard",
            "type": "EQUALS"
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "customName",
        "displayName": "Custom name",
        "simpleValueType": true,
        "enablingConditions": [
          {
            "paramName": "nameType",
            "paramValue": "custom",
            "type": "EQUALS"
          }
        ],
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "eventId",
        "displayName": "Event ID",
        "simpleValueType": true,
        "help": "The variable Pairpixel event ID, where other tags tell of the same event. Empty: event_id of the data layer, else a purchase's order number, else a new one."
      },
      {
        "type": "CHECKBOX",
        "name": "useDataLayer",
        "checkboxText": "Use the data layer's GA4 values",
        "simpleValueType": true,
        "defaultValue": true,
        "help": "ecommerce, or what a gtag() call leaves behind (eventModel)."
      },
      {
        "type": "CHECKBOX",
        "name": "useUserData",
        "checkboxText": "Send the data layer's user_data",
        "simpleValueType": true,
        "defaultValue": false,
        "help": "Only to your own collector, over https, which hashes it before anything is stored."
      },
      {
        "type": "SIMPLE_TABLE",
        "name": "parameters",
        "displayName": "More parameters",
        "help": "They go before what the data layer says. value, currency, order_id, search_string, items and any of your own.",
        "simpleTableColumns": [
          {
            "defaultValue": "",
            "displayName": "Name",
            "name": "name",
            "type": "TEXT",
            "isUnique": true
          },
          {
            "defaultValue": "",
            "displayName": "Value",
            "name": "value",
            "type": "TEXT"
          }
        ]
      }
    ]
  },
  {
    "type": "CHECKBOX",
    "name": "debug",
    "checkboxText": "Log to the console in preview mode",
    "simpleValueType": true,
    "defaultValue": false
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const addConsentListener = require('addConsentListener');
const copyFromDataLayer = require('copyFromDataLayer');
const copyFromWindow = require('copyFromWindow');
const createArgumentsQueue = require('createArgumentsQueue');
const encodeUriComponent = require('encodeUriComponent');
const getType = require('getType');
const getUrl = require('getUrl');
const injectScript = require('injectScript');
const isConsentGranted = require('isConsentGranted');
const logToConsole = require('logToConsole');
const makeTableMap = require('makeTableMap');
const templateStorage = require('templateStorage');

const log = (word, detail) => {
  if (data.debug) logToConsole('Pairpixel:', word, detail);
};

// Loads the pixel once, however often the tag fires. Until it has loaded, calls wait in the page's memory.
const setUp = (pixel) => {
  if (templateStorage.getItem('isSetUp')) return data.gtmOnSuccess();
  templateStorage.setItem('isSetUp', true);
  const settings = { auto: data.pageViews && !data.othersFire ? '1' : '0' };
  // Said only where it is ticked: where the pixel loads the platforms' itself, firing page views is its own matter.
  if (data.firePageView) settings.firePageview = '1';
  // No platform is the pixel's to fire, nor its calls to be observed.
  if (data.othersFire) settings.pixels = {};
  pixel('set', settings);

  let isAnswered = false;
  const answer = (tell) => {
    if (!isAnswered) {
      isAnswered = true;
      tell();
    }
  };
  const load = () => {
    const mark = data.scriptUrl.indexOf('?') < 0 ? '?' : '&';
    const url = data.siteKey ? data.scriptUrl + mark + 'site=' + encodeUriComponent(data.siteKey) : data.scriptUrl;
    injectScript(url, () => answer(data.gtmOnSuccess), () => answer(data.gtmOnFailure), 'pairpixel');
  };
  if (data.consent !== 'google') return load();

  const types = ['ad_storage', 'ad_user_data', 'ad_personalization'];
  const said = {};
  let last = 'unasked';
  let isLoading = false;
  const look = (isNo) => {
    const isGranted = said.ad_storage && said.ad_user_data;
    // Without personalization the platforms are told to limit what they do.
    const word = !isGranted ? 'denied' : said.ad_personalization ? 'granted' : 'limited';
    // A no before the first yes is what consent tools set before they ask: the script is not there, and calls wait.
    if (word === last || (word === 'denied' && last === 'unasked' && !isNo)) return;
    last = word;
    log('consent', word);
    templateStorage.setItem('isDenied', !isGranted);
    pixel('consent', isGranted ? 'granted' : 'denied', { limited: word === 'limited', source: 'gcm' });
    const waiting = templateStorage.getItem('waiting') || [];
    templateStorage.setItem('waiting', undefined);
    if (isGranted) waiting.forEach((call) => pixel('track', call[0], call[1], call[2]));
    if (isGranted && !isLoading) {
      isLoading = true;
      load();
    }
  };
  types.forEach((type) => {
    said[type] = isConsentGranted(type);
  });
  types.forEach((type) => {
    addConsentListener(type, (changed, isGranted) => {
      said[changed] = isGranted;
      // Where something is taken back that had been granted, somebody has answered.
      look(!isGranted);
    });
  });
  templateStorage.setItem('waiting', []);
  look();
  // Nothing more to do before somebody is asked.
  if (!isLoading) answer(data.gtmOnSuccess);
};

const itemOf = (item) => {
  const levels = ['item_category', 'item_category2', 'item_category3', 'item_category4', 'item_category5'];
  const category = levels.map((level) => item[level]).filter((name) => name);
  return {
    id: item.item_id || item.id,
    name: item.item_name || item.name,
    category: category.length ? category.join(' > ') : item.category,
    brand: item.item_brand || item.brand,
    quantity: item.quantity,
    price: item.price,
  };
};

const userOf = (given) => {
  const list = getType(given.address) === 'array' ? given.address : [given.address];
  const address = list[0] || {};
  return {
    email: given.email || given.email_address || given.sha256_email_address,
    phone: given.phone_number || given.sha256_phone_number,
    first_name: address.first_name || address.sha256_first_name,
    last_name: address.last_name || address.sha256_last_name,
    city: address.city,
    state: address.region,
    zip: address.postal_code,
    country: address.country,
  };
};

const asObject = (value) => (getType(value) === 'object' ? value : undefined);
// The object itself as it was pushed last: version 1 does not join it with older ones.
const readObject = (key) => asObject(copyFromDataLayer(key, 1));

const tell = (pixel) => {
  const name =
    data.nameType === 'custom'
      ? data.customName
      : data.nameType === 'standard'
        ? data.standardName
        : copyFromDataLayer('event', 1);
  if (getType(name) !== 'string' || name.indexOf('gtm.') === 0) {
    log('no event of its own', name);
    return data.gtmOnSuccess();
  }
  if (templateStorage.getItem('isDenied')) {
    log('no consent', name);
    return data.gtmOnSuccess();
  }
  // One event of the container is told once under one name.
  const key = data.gtmEventId + ' ' + name;
  const told = templateStorage.getItem('told') || [];
  if (data.gtmEventId !== undefined && told.indexOf(key) >= 0) {
    log('told before', name);
    return data.gtmOnSuccess();
  }
  templateStorage.setItem('told', told.concat([key]).slice(-50));

  const given = (data.useDataLayer && (readObject('ecommerce') || readObject('eventModel'))) || {};
  const user = data.useUserData && (readObject('user_data') || asObject(given.user_data));
  const props = {
    value: given.value,
    currency: given.currency,
    order_id: given.transaction_id,
    search_string: given.search_term,
    items: getType(given.items) === 'array' ? given.items.filter((item) => getType(item) === 'object').map(itemOf) : undefined,
    user: user ? userOf(user) : undefined,
  };
  const more = (data.parameters && makeTableMap(data.parameters, 'name', 'value')) || {};
  for (const field in more) props[field] = more[field];
  const id = data.eventId || (data.useDataLayer && (copyFromDataLayer('event_id', 1) || given.event_id)) || undefined;
  log(name, props);
  const options = { id: id, origin: 'gtm' };
  // Here and not in the pixel's queue, for nobody can take back what stands in that.
  const waiting = templateStorage.getItem('waiting');
  if (waiting) templateStorage.setItem('waiting', waiting.concat([[name, props, options]]));
  else pixel('track', name, props, options);
  data.gtmOnSuccess();
};

// Google looks at pages itself, with the container in them: no visitor.
if (getUrl('host') === 'gtm-msr.appspot.com') return data.gtmOnSuccess();
const pixel = copyFromWindow('pairpixel') || createArgumentsQueue('pairpixel', 'pairpixel.q');
if (data.tagType === 'event') tell(pixel);
else setUp(pixel);


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "access_globals",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "pairpixel"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "pairpixel.q"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "inject_script",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://*/*"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "read_data_layer",
        "versionId": "1"
      },
      "param": [
        {
          "key": "allowedKeys",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "keyPatterns",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "event"
              },
              {
                "type": 1,
                "string": "event_id"
              },
              {
                "type": 1,
                "string": "ecommerce"
              },
              {
                "type": 1,
                "string": "user_data"
              },
              {
                "type": 1,
                "string": "eventModel"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_consent",
        "versionId": "1"
      },
      "param": [
        {
          "key": "consentTypes",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "ad_storage"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "ad_user_data"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "ad_personalization"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "get_url",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urlParts",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "host",
          "value": {
            "type": 8,
            "boolean": true
          }
        },
        {
          "key": "queriesAllowed",
          "value": {
            "type": 1,
            "string": "any"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_template_storage",
        "versionId": "1"
      },
      "param": []
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "logging",
        "versionId": "1"
      },
      "param": [
        {
          "key": "environments",
          "value": {
            "type": 1,
            "string": "debug"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: The queue is there before the script is asked for
  code: |-
    runCode(setup);
    assertThat(steps).isEqualTo(['queue', 'set', 'inject']);
    assertApi('injectScript').wasCalledWith('https://www.example.com/p.js', success, failure, 'pairpixel');
- name: A pixel that is there is used
  code: |-
    mock('copyFromWindow', () => pixel);
    runCode(event);
    assertApi('createArgumentsQueue').wasNotCalled();
    assertThat(calls.length).isEqualTo(1);
- name: Success is told once, when the script has loaded
  code: |-
    runCode(setup);
    assertApi('gtmOnSuccess').wasNotCalled();
    success();
    success();
    assertApi('gtmOnSuccess').wasCalled();
    assertApi('gtmOnFailure').wasNotCalled();
- name: Failure is told when the script does not load
  code: |-
    runCode(setup);
    failure();
    assertApi('gtmOnFailure').wasCalled();
    assertApi('gtmOnSuccess').wasNotCalled();
- name: Set up twice, it loads once
  code: |-
    runCode(setup);
    runCode(setup);
    assertThat(steps).isEqualTo(['queue', 'set', 'inject', 'queue']);
- name: Settings reach the pixel
  code: |-
    setup.pageViews = false;
    setup.firePageView = true;
    runCode(setup);
    assertThat(calls).isEqualTo([['set', { auto: '0', firePageview: '1' }]]);
- name: Page views are the pixel's own matter where the box is not ticked, for it may load the platforms' itself
  code: |-
    runCode(setup);
    assertThat(calls).isEqualTo([['set', { auto: '1' }]]);
- name: Where other tags fire, the pixel fires nothing and tells no page view by itself
  code: |-
    setup.othersFire = true;
    runCode(setup);
    assertThat(calls).isEqualTo([['set', { auto: '0', pixels: {} }]]);
- name: Consent is waited for, both kinds of it
  code: |-
    setup.consent = 'google';
    runCode(setup);
    assertApi('injectScript').wasNotCalled();
    assertApi('gtmOnSuccess').wasCalled();
    listeners.ad_storage('ad_storage', true);
    assertApi('injectScript').wasNotCalled();
    listeners.ad_user_data('ad_user_data', true);
    assertApi('injectScript').wasCalled();
    assertThat(calls[1]).isEqualTo(['consent', 'granted', { limited: true, source: 'gcm' }]);
- name: Without personalization consent has limits, until that is granted too
  code: |-
    setup.consent = 'google';
    granted = (type) => type !== 'ad_personalization';
    runCode(setup);
    listeners.ad_personalization('ad_personalization', true);
    assertThat(steps).isEqualTo(['queue', 'set', 'consent', 'inject', 'consent']);
    assertThat([calls[1], calls[2]]).isEqualTo([
      ['consent', 'granted', { limited: true, source: 'gcm' }],
      ['consent', 'granted', { limited: false, source: 'gcm' }]
    ]);
- name: What is told before the visitor's yes waits with the tag, and nothing is loaded
  code: |-
    setup.consent = 'google';
    runCode(setup);
    runCode(event);
    event.gtmEventId = 8;
    layer.event = 'add_to_cart';
    runCode(event);
    assertThat(steps).isEqualTo(['queue', 'set', 'queue', 'queue']);
    assertApi('injectScript').wasNotCalled();
    types.forEach((type) => listeners[type](type, true));
    assertThat(steps.slice(4)).isEqualTo(['consent', 'track', 'track', 'inject', 'consent']);
    assertThat([calls[2][1], calls[3][1]]).isEqualTo(['purchase', 'add_to_cart']);
    event.gtmEventId = 9;
    runCode(event);
    assertThat(calls.length).isEqualTo(6);
- name: What was told before a no is forgotten, and no later yes brings it back
  code: |-
    setup.consent = 'google';
    granted = (type) => type === 'ad_user_data';
    runCode(setup);
    runCode(event);
    listeners.ad_user_data('ad_user_data', false);
    event.gtmEventId = 8;
    runCode(event);
    types.forEach((type) => listeners[type](type, true));
    assertThat(steps).isEqualTo(['queue', 'set', 'queue', 'consent', 'queue', 'consent', 'inject', 'consent']);
    assertThat(calls[1]).isEqualTo(['consent', 'denied', { limited: false, source: 'gcm' }]);
    event.gtmEventId = 9;
    runCode(event);
    assertThat(steps.slice(8)).isEqualTo(['queue', 'track']);
- name: A yes to one kind alone is not the end of an answer
  code: |-
    setup.consent = 'google';
    runCode(setup);
    runCode(event);
    listeners.ad_storage('ad_storage', true);
    assertThat(steps).isEqualTo(['queue', 'set', 'queue']);
    listeners.ad_user_data('ad_user_data', true);
    assertThat(steps.slice(3)).isEqualTo(['consent', 'track', 'inject']);
- name: A site's key is part of the script's address
  code: |-
    setup.siteKey = 'my shop';
    runCode(setup);
    assertApi('injectScript').wasCalledWith('https://www.example.com/p.js?site=my%20shop', success, failure, 'pairpixel');
- name: Consent given before loads at once
  code: |-
    setup.consent = 'google';
    granted = () => true;
    runCode(setup);
    assertThat(steps).isEqualTo(['queue', 'set', 'consent', 'inject']);
- name: Withdrawn consent is told and ends events, given again it loads nothing twice
  code: |-
    setup.consent = 'google';
    granted = () => true;
    runCode(setup);
    listeners.ad_storage('ad_storage', false);
    runCode(event);
    listeners.ad_storage('ad_storage', true);
    event.gtmEventId = 8;
    runCode(event);
    assertThat(steps).isEqualTo(['queue', 'set', 'consent', 'inject', 'consent', 'queue', 'consent', 'queue', 'track']);
    assertThat(calls[2]).isEqualTo(['consent', 'denied', { limited: false, source: 'gcm' }]);
- name: Inherit maps what GA4 finds in the data layer
  code: |-
    layer.ecommerce = {
      transaction_id: 'T1',
      value: 9,
      currency: 'EUR',
      items: [{ item_id: 'a', item_name: 'A', item_brand: 'B', item_category: 'c', item_category2: 'd', price: 3, quantity: 2 }]
    };
    runCode(event);
    assertThat(calls).isEqualTo([['track', 'purchase', {
      value: 9,
      currency: 'EUR',
      order_id: 'T1',
      search_string: undefined,
      items: [{ id: 'a', name: 'A', category: 'c > d', brand: 'B', quantity: 2, price: 3 }],
      user: undefined
    }, { id: undefined, origin: 'gtm' }]]);
    assertApi('gtmOnSuccess').wasCalled();
- name: Without ecommerce, what a gtag call left behind counts
  code: |-
    layer.eventModel = { value: 4, event_id: 'g1' };
    runCode(event);
    assertThat(calls[0][2].value).isEqualTo(4);
    assertThat(calls[0][3].id).isEqualTo('g1');
- name: What the page pushed as ecommerce goes before what a gtag call left behind
  code: |-
    layer.ecommerce = { value: 9 };
    layer.eventModel = { value: 4 };
    runCode(event);
    assertThat(calls[0][2].value).isEqualTo(9);
- name: Missing ecommerce is no reason to lose the event
  code: |-
    layer.ecommerce = null;
    runCode(event);
    assertThat(calls.length).isEqualTo(1);
    assertThat(calls[0][2].value).isUndefined();
    assertThat(calls[0][2].items).isUndefined();
- name: Broken items are left out
  code: |-
    layer.ecommerce = { value: 1, items: [null, 'x', { item_id: 'a' }] };
    runCode(event);
    assertThat(calls[0][2].items.length).isEqualTo(1);
- name: Parameters go before the data layer, which may be left alone
  code: |-
    layer.ecommerce = { value: 9, currency: 'EUR' };
    event.parameters = [{ name: 'value', value: '5' }, { name: 'plan', value: 'pro' }];
    runCode(event);
    assertThat(calls[0][2].value).isEqualTo('5');
    assertThat(calls[0][2].currency).isEqualTo('EUR');
    assertThat(calls[0][2].plan).isEqualTo('pro');
    event.gtmEventId = 8;
    event.useDataLayer = false;
    runCode(event);
    assertThat(calls[1][2].currency).isUndefined();
- name: Fired twice for one event, it tells once
  code: |-
    runCode(event);
    runCode(event);
    assertThat(calls.length).isEqualTo(1);
    event.gtmEventId = 8;
    runCode(event);
    assertThat(calls.length).isEqualTo(2);
- name: Standard and custom names
  code: |-
    event.nameType = 'standard';
    event.standardName = 'generate_lead';
    runCode(event);
    event.nameType = 'custom';
    event.customName = 'newsletter';
    runCode(event);
    assertThat([calls[0][1], calls[1][1]]).isEqualTo(['generate_lead', 'newsletter']);
- name: The container's own events are nobody's
  code: |-
    layer.event = 'gtm.js';
    runCode(event);
    assertThat(calls.length).isEqualTo(0);
    assertApi('gtmOnSuccess').wasCalled();
- name: The field for the event ID goes before the data layer
  code: |-
    layer.event_id = 'd1';
    runCode(event);
    event.gtmEventId = 8;
    event.eventId = 'f1';
    runCode(event);
    assertThat([calls[0][3].id, calls[1][3].id]).isEqualTo(['d1', 'f1']);
- name: User data only where it is asked for
  code: |-
    layer.user_data = { email: 'a@b.example', address: [{ first_name: 'F', postal_code: 'Z' }] };
    runCode(event);
    assertThat(calls[0][2].user).isUndefined();
    event.gtmEventId = 8;
    event.useUserData = true;
    runCode(event);
    assertThat(calls[1][2].user.email).isEqualTo('a@b.example');
    assertThat(calls[1][2].user.first_name).isEqualTo('F');
    assertThat(calls[1][2].user.zip).isEqualTo('Z');
- name: User data of a gtag call, where the data layer has none
  code: |-
    event.useUserData = true;
    layer.eventModel = { value: 4, user_data: { phone_number: '+12025550100' } };
    runCode(event);
    assertThat(calls[0][2].user.phone).isEqualTo('+12025550100');
- name: Google's own look at the page is no visit
  code: |-
    host = 'gtm-msr.appspot.com';
    runCode(setup);
    runCode(event);
    assertThat(steps.length).isEqualTo(0);
    assertApi('gtmOnSuccess').wasCalled();
- name: The console is told only in debugging
  code: |-
    runCode(event);
    assertApi('logToConsole').wasNotCalled();
    event.gtmEventId = 8;
    event.debug = true;
    runCode(event);
    assertApi('logToConsole').wasCalled();
setup: |-
  const setup = { tagType: 'setup', scriptUrl: 'https://www.example.com/p.js', consent: 'none', pageViews: true };
  const event = { tagType: 'event', nameType: 'inherit', useDataLayer: true, gtmEventId: 7 };
  const types = ['ad_storage', 'ad_user_data', 'ad_personalization'];
  const layer = { event: 'purchase' };
  const calls = [];
  const steps = [];
  const listeners = {};
  const stored = {};
  let granted = () => false;
  let host = 'www.example.com';
  let success;
  let failure;
  const pixel = function(command, first, second, third) {
    steps.push(command);
    calls.push(command === 'track' ? [command, first, second, third] : command === 'consent' ? [command, first, second] : [command, first]);
  };
  mock('copyFromWindow', () => undefined);
  mock('createArgumentsQueue', () => {
    steps.push('queue');
    return pixel;
  });
  mock('injectScript', (url, ok, fail) => {
    steps.push('inject');
    success = ok;
    failure = fail;
  });
  mock('copyFromDataLayer', (key) => layer[key]);
  mock('getUrl', () => host);
  mock('isConsentGranted', (type) => granted(type));
  mock('addConsentListener', (type, listener) => {
    listeners[type] = listener;
  });
  mock('logToConsole', () => {});
  mockObject('templateStorage', {
    getItem: (key) => stored[key],
    setItem: (key, value) => {
      stored[key] = value;
    }
  });


___NOTES___

Apache-2.0. The pixel and its collector: README.md.
