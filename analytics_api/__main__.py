"""`python -m analytics_api openapi`: the command line."""

import sys

from analytics_api.openapi.document import encoded


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    if arguments == ["openapi"]:
        sys.stdout.buffer.write(encoded())
        return 0
    sys.stderr.write("usage: python -m analytics_api [openapi | check-schema]\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
