"""`./run drill NAME [--short]`: one exercise, its figures in JSON; fails if anything was wrong."""

import sys

from bench.drills import messages_drill, storm_drill, waiting_drill

DRILLS = {
    "messages": messages_drill.main,
    "storm": storm_drill.main,
    "waiting": waiting_drill.main,
}


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in DRILLS:
        print(f"./run drill NAME, with NAME one of: {', '.join(DRILLS)}", file=sys.stderr)
        return 2
    return DRILLS[name](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
