// Comfort only: every staff page works without this file.
import { focusErrorSummary } from "./error_summary.js";
import { addPrintButtons } from "./print_button.js";
import { preventDoubleSubmit } from "./submit_once.js";
import { quickenTheDesk } from "./staff/desk.js";
import { keepDrafts } from "./staff/draft.js";
import { warnBeforeTimeOut } from "./staff/idle.js";

focusErrorSummary();
addPrintButtons();
keepDrafts();
preventDoubleSubmit();
warnBeforeTimeOut();
quickenTheDesk();
