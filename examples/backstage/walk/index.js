export { createThirdParty } from './callers.js';
export { checkDocumentedExamples } from './documentedExamples.js';
export { findChromium, openBrowser } from './openBrowser.js';
export { startSideServer } from './sideServer.js';
export { takeTour } from './takeTour.js';
export { tours } from './tours.js';
