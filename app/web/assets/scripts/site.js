// Comfort only: every page works without this file.
import { focusErrorSummary } from "./error_summary.js";
import { addPrintButtons } from "./print_button.js";
import { preventDoubleSubmit } from "./submit_once.js";

focusErrorSummary();
addPrintButtons();
preventDoubleSubmit();
