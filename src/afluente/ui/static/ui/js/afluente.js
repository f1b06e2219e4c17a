// @ts-check
/** The behaviour every page has. A slice's own islands are further modules, loaded by its pages. */
import "./af-since.js";
import "./af-toast.js";
import "./af-menu.js";
import "./af-live.js";
import "./af-refresh.js";
import "./af-theme.js";
import "./af-counts.js";
import "./af-draft.js";
import "./af-palette.js";
import "./dialogs.js";
import "./keys.js";
import "./forms.js";
import "./keep.js";
import "./tabs.js";
import "./opened.js";
import "./naming.js";
