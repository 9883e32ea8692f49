"""The command line: one small file a command, each parses, calls and prints.

Knows every room below; heavy ones are imported inside functions, so that --help is quick.
"""
