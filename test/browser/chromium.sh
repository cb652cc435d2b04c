#!/usr/bin/env bash
# Debian's Chromium without two parts of its own window: for every window it opens, headless or not, the list below the
# address bar is a page of its own, which takes four times as much work as a page of a test. The drivers give a list of
# what is off, of which only the last one counts, so these are put into theirs.
exec /usr/bin/chromium "${@/#--disable-features=/--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,}"
