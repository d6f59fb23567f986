/** sqlite-functions.test.js again, on files. */
import { onFiles } from './native-helpers.js';

await onFiles(() => import('./sqlite-functions.test.js'));
