import { join } from "node:path";
import { catalogueSuite } from "./catalogue-suite.ts";
import { openSqliteCatalogue } from "./sqlite.ts";

const open = (folder: string) =>
	openSqliteCatalogue({ path: join(folder, "library.db"), backupsDir: join(folder, "backups") });

catalogueSuite("sqlite", open);
