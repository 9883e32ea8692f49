"""``python -m tcosim.cli``, where the program is not on the path."""

from tcosim.cli.app import main

main()
