/** `npm run build`: installs and builds what is missing. */
import { orExit, setUp } from "./setup.mjs";

await orExit(setUp);
