// The service's answer to a row. The site has another module of this name, which asks the model in the browser.

import { call, find } from "./form.js";

find("origin").textContent = location.origin;

export const predict = (row) => call("predict", row);
