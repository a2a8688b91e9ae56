"""`python -m deploy.migrations.write_sql VERSION`: writes the SQL of a new version of the counters, for its migration.

Made once from the registry (`shared_queries.sums`) and the templates, reviewed and committed with the migration; never
again for a version that is released. A test says when the database differs from what is made now.
"""

import argparse
import sys
from pathlib import Path

from deploy.migrations.rendering import rendered

SQL = Path(__file__).parent / "sql"


def main() -> None:
    """Write the files, and name them."""
    parser = argparse.ArgumentParser(prog="python -m deploy.migrations.write_sql", description=__doc__)
    parser.add_argument("version", help="the migration's revision, such as 0009_reopened")
    folder = SQL / parser.parse_args().version
    folder.mkdir(exist_ok=True)
    for name, text in rendered().items():
        (folder / name).write_text(text, "utf-8")
        sys.stdout.write(f"{folder / name}\n")


if __name__ == "__main__":
    main()
