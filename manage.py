#!/usr/bin/env python3
"""Run a management command: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesintel.settings")
    from salesintel.commands import run

    run(sys.argv)


if __name__ == "__main__":
    main()
