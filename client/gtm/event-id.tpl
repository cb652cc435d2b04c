___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "MACRO",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Pairpixel event ID",
  "brand": {
    "id": "brand_dummy",
    "displayName": "Pairpixel"
  },
  "description": "The ID that all tags of one event share, so that each platform pairs what it is told twice.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "CHECKBOX",
    "name": "useOrder",
    "checkboxText": "A purchase's ID is its order number",
    "simpleValueType": true,
    "defaultValue": true,
    "help": "It stays the same when the thank-you page is loaded again, and a back end knows it too."
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const copyFromDataLayer = require('copyFromDataLayer');
const createRegex = require('createRegex');
const generateRandom = require('generateRandom');
const getTimestampMillis = require('getTimestampMillis');
const getType = require('getType');
const makeString = require('makeString');
const templateStorage = require('templateStorage');
const testRegex = require('testRegex');

// What the pixel and the platforms take for an ID; anything else would pair nothing.
const shape = createRegex('^[!-~]{1,128}$');
const asId = (value) => {
  const isGiven = getType(value) === 'string' || (getType(value) === 'number' && value);
  const id = isGiven ? makeString(value).trim() : '';
  return testRegex(shape, id) ? id : undefined;
};

const readObject = (key) => {
  const value = copyFromDataLayer(key, 1);
  return getType(value) === 'object' ? value : undefined;
};
const isPurchase = (name) => {
  const folded = makeString(name).toLowerCase().split('_').join('').split('-').join('').split(' ').join('');
  return folded === 'purchase' || folded === 'ordercompleted';
};

// As the Pairpixel tag chooses, so that both agree.
const event = copyFromDataLayer('event', 1);
const told = readObject('ecommerce') || readObject('eventModel') || {};
const order = data.useOrder && isPurchase(event) ? asId(told.transaction_id) : undefined;
const given = asId(copyFromDataLayer('event_id', 1)) || asId(told.event_id) || order;
if (given) return given;

// One value per event of the container: every tag that asks gets the same.
const key = copyFromDataLayer('gtm.uniqueEventId', 1) + ' ' + event;
const known = templateStorage.getItem('ids') || [];
const found = known.filter((entry) => entry.key === key)[0];
if (found) return found.id;
const part = () => makeString(generateRandom(100000000, 999999999));
const id = makeString(getTimestampMillis()) + '.' + part() + part();
templateStorage.setItem('ids', known.concat([{ key: key, id: id }]).slice(-50));
return id;


___WEB_PERMISSIONS___

[
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
                "string": "eventModel"
              },
              {
                "type": 1,
                "string": "gtm.uniqueEventId"
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
        "publicId": "access_template_storage",
        "versionId": "1"
      },
      "param": []
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: One event has one ID, whoever asks
  code: |-
    const first = runCode(settings);
    assertThat(runCode(settings)).isEqualTo(first);
    assertThat(first).isEqualTo('1700000000000.100000001100000002');
- name: Another event has another ID
  code: |-
    const first = runCode(settings);
    layer['gtm.uniqueEventId'] = 8;
    assertThat(runCode(settings)).isNotEqualTo(first);
    layer['gtm.uniqueEventId'] = 7;
    assertThat(runCode(settings)).isEqualTo(first);
- name: The ID of the data layer
  code: |-
    layer.event_id = ' e1 ';
    assertThat(runCode(settings)).isEqualTo('e1');
- name: The order number of a purchase
  code: |-
    layer.event = 'purchase';
    layer.ecommerce = { transaction_id: 1001 };
    assertThat(runCode(settings)).isEqualTo('1001');
    settings.useOrder = false;
    assertThat(runCode(settings)).isNotEqualTo('1001');
- name: A purchase in another spelling
  code: |-
    layer.event = 'Order Completed';
    layer.ecommerce = { transaction_id: 'T1' };
    assertThat(runCode(settings)).isEqualTo('T1');
- name: What a gtag call left behind
  code: |-
    layer.event = 'purchase';
    layer.eventModel = { transaction_id: 'T2' };
    assertThat(runCode(settings)).isEqualTo('T2');
    layer.eventModel.event_id = 'g1';
    assertThat(runCode(settings)).isEqualTo('g1');
- name: One push with another event of the same name has an ID of its own
  code: |-
    const first = runCode(settings);
    layer.event = 'begin_checkout';
    assertThat(runCode(settings)).isNotEqualTo(first);
- name: The order number of nothing else
  code: |-
    layer.ecommerce = { transaction_id: 'T1' };
    assertThat(runCode(settings)).isNotEqualTo('T1');
- name: What can be no ID
  code: |-
    layer.event_id = 'a b';
    layer.event = 'purchase';
    layer.ecommerce = { transaction_id: 0 };
    assertThat(runCode(settings)).isEqualTo('1700000000000.100000001100000002');
- name: Old IDs are forgotten
  code: |-
    const first = runCode(settings);
    for (let at = 100; at < 150; at++) {
      layer['gtm.uniqueEventId'] = at;
      runCode(settings);
    }
    assertThat(stored.ids.length).isEqualTo(50);
    layer['gtm.uniqueEventId'] = 7;
    assertThat(runCode(settings)).isNotEqualTo(first);
setup: |-
  const settings = { useOrder: true };
  const layer = { event: 'add_to_cart', 'gtm.uniqueEventId': 7 };
  const stored = {};
  let random = 100000000;
  mock('copyFromDataLayer', (key) => layer[key]);
  mock('generateRandom', () => {
    random = random + 1;
    return random;
  });
  mock('getTimestampMillis', 1700000000000);
  mockObject('templateStorage', {
    getItem: (key) => stored[key],
    setItem: (key, value) => {
      stored[key] = value;
    }
  });


___NOTES___

Apache-2.0. The pixel and its collector: README.md.
